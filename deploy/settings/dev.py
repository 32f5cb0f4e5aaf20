"""The embedded profile that `make run` and a developer use: its own key, no services."""

import contextlib
import os
import secrets
from pathlib import Path

_data = Path(os.environ.get("DATA_DIR") or Path(__file__).resolve().parents[2] / ".data")
if not (os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")):
    # Made once and kept beside the data, so that sessions outlive a restart and no key is shipped.
    _key = _data / "secret_key"
    if not _key.exists():
        _data.mkdir(parents=True, exist_ok=True)
        _fresh = _key.with_suffix(f".{os.getpid()}")
        _fresh.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        _fresh.chmod(0o600)
        # Two processes may start at once: the first link wins, the other key is thrown away.
        with contextlib.suppress(FileExistsError):
            os.link(_fresh, _key)
        _fresh.unlink()
    os.environ["SECRET_KEY_FILE"] = str(_key)

from deploy.settings.production import *  # noqa: E402, F403

SAMPLE_ACCOUNTS = env.bool("SAMPLE_ACCOUNTS", True)
UI_GALLERY = env.bool("UI_GALLERY", True)
# Compressing every file of the CMS takes two minutes and serves nobody on loopback.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
# No proxy stands before it that would compress. Inside WhiteNoise, whose files are compressed already;
# Django adds random length to each answer, so that its size tells nothing (BREACH).
MIDDLEWARE.insert(
    MIDDLEWARE.index("csp.middleware.CSPMiddleware"), "django.middleware.gzip.GZipMiddleware"
)
