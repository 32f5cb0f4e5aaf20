"""The embedded profile without request limits: thousands of requests come from one address."""

from deploy.settings.dev import *  # noqa: F403

REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []  # noqa: F405
