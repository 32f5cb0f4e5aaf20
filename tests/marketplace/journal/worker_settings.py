"""Settings of the worker in the proof tests: the journal and what it stands on, to start quickly."""

from deploy.settings.test import *  # noqa: F403

INSTALLED_APPS = [
    "marketplace.journal.apps.JournalConfig",
    "marketplace.web.apps.WebConfig",
    "marketplace.kernel.apps.KernelConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
AUTH_USER_MODEL = "auth.User"
