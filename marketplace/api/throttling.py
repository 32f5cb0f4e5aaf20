"""Request limits of the API.

Reading is counted where the pages count what costs (`web.costs`), writing where nothing is forgotten
(`web.throttle`).
"""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from marketplace.web import costs, throttle

#: Without an account, for all at one address.
READS = "600/1m"
READS_OF_ACCOUNT = "300/1m"
WRITES_OF_ACCOUNT = "60/1m"


class ApiThrottle(BaseThrottle):
    """By account for those who are signed in, by network for the rest. Raises TooMany (429)."""

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 -- DRF's signature
        """True, or an error with the seconds to wait."""
        if not request.user.is_authenticated:
            network = throttle.client_network(request._request)  # noqa: SLF001 -- the plain request
            costs.spend("api", f"ip:{network}", READS)
        elif request.method in {"GET", "HEAD", "OPTIONS"}:
            costs.spend("api", f"user:{request.user.pk}", READS_OF_ACCOUNT)
        else:
            throttle.spend("api-write", f"user:{request.user.pk}", WRITES_OF_ACCOUNT)
        return True
