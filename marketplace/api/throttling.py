"""Request limits of the API, counted in the same table as those of the pages."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from marketplace.web import throttle

READS = "120/1m"
READS_OF_ACCOUNT = "300/1m"
WRITES_OF_ACCOUNT = "60/1m"


class ApiThrottle(BaseThrottle):
    """By account for those who are signed in, by network for the rest. Raises TooMany (429)."""

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 -- DRF's signature
        """True, or an error with the seconds to wait."""
        if not request.user.is_authenticated:
            throttle.check(request._request, "api", per_ip=READS)  # noqa: SLF001 -- the plain request
            return True
        reading = request.method in {"GET", "HEAD", "OPTIONS"}
        rate = READS_OF_ACCOUNT if reading else WRITES_OF_ACCOUNT
        throttle.spend("api-read" if reading else "api-write", f"user:{request.user.pk}", rate)
        return True
