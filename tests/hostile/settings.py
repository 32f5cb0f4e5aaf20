"""The embedded profile for attackers of many addresses: each names its own in X-Forwarded-For."""

import os

os.environ["TRUSTED_PROXIES"] = "1"

from tests.contract.settings import *  # noqa: F403

# The attackers speak to the application itself, without the proxy that would speak TLS for it.
SECURE_PROXY_SSL_HEADER = None
