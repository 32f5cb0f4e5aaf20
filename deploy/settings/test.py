"""Settings of the test suite: fast hashing, mail in memory, a clock that tests may move."""

import os
import tempfile
from pathlib import Path
from zlib import crc32

os.environ.setdefault("SECRET_KEY", "tests only")
os.environ["DATA_DIR"] = os.environ.get("DATA_DIR") or str(
    # One for each checkout: two suites that share a database fail each other's tests.
    Path(tempfile.gettempdir())
    / f"jiebang-tests-{os.getuid()}-{crc32(str(Path(__file__).parent).encode()):08x}"
)

from deploy.settings.production import *  # noqa: F403

CLOCK_OFFSET_ALLOWED = True
UI_GALLERY = True
SAMPLE_ACCOUNTS = False
SEARCH_VECTORS = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_BACKEND = "marketplace.notices.sms.MemoryBackend"
CELERY_BROKER_URL = "memory://"
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in CACHES
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: --reuse-db can keep it, and threads of a live server lock as they really do.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
if (_cluster := env.str("SEARCH_URL", "")).startswith("elasticsearch"):
    # Each process of the suite keeps to indexes of its own, and finds at once what it has written.
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    SEARCH_URL = f"{_cluster}-{_worker}?refresh_interval=20ms"
# The worked example of CONTRIBUTING is a slice like any other, and stands above those that it names.
INSTALLED_APPS = ["tests.worked_slice.apps.VisitsConfig", *INSTALLED_APPS]
