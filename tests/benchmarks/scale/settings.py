"""Production's settings without mail, without limits of the rate, and with vectors."""

import os

os.environ.setdefault("SECRET_KEY", "tests only")

from tests.consistency.settings import *  # noqa: F403

SEARCH_VECTORS = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
