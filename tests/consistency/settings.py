"""Production's settings, with quick hashing and nothing that leaves the machine."""

import os

os.environ.setdefault("SECRET_KEY", "tests only")

from deploy.settings.production import *  # noqa: F403

SEARCH_VECTORS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SMS_BACKEND = "marketplace.notices.sms.MemoryBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
METRICS_TOKEN = "tests"
