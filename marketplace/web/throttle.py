"""Rate limits in the database, so that every process counts together and a restart forgets nothing.

Windows are fixed; a subject (an address range or a person) is stored only as a hash.
"""

import functools
import hashlib
import ipaddress
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase

from marketplace.kernel import clock
from marketplace.kernel.errors import TooMany
from marketplace.web.models import RateBucket

_PERIODS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RATE = re.compile(r"^(\d+)/(\d*)([smhd])\Z")
View = Callable[..., HttpResponseBase]


class Rate(NamedTuple):
    """So many per so many seconds."""

    most: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """`5/h`, `3/10m`: ValueError for anything else."""
        match = _RATE.match(text)
        if not match:
            raise ValueError(f"not a rate: {text!r}")
        return cls(int(match[1]), int(match[2] or 1) * _PERIODS[match[3]])


def client_network(request: HttpRequest) -> str:
    """The visitor's /24 or /64. X-Forwarded-For is read only behind TRUSTED_PROXIES proxies.

    Each trusted proxy appends the address it saw, so with n of them the n-th from the right is
    the last one that nobody outside could have written.
    """
    address = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXIES
    if trusted:
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(chain) >= trusted and chain[-trusted]:
            address = chain[-trusted]
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    prefix = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))


def spend(scope: str, subject: str, rate: str) -> None:
    """Count one act of `subject` in `scope`. Raises TooMany when the rate is used up."""
    limit = Rate.parse(rate)
    key, window = _bucket(scope, subject, limit)
    if not _take(key, window, limit):
        raise TooMany(window + limit.seconds - int(clock.now().timestamp()))


def give_back(scope: str, subject: str, rate: str) -> None:
    """Take back one count of `spend`, while its window lasts."""
    key, window = _bucket(scope, subject, Rate.parse(rate))
    RateBucket.objects.filter(key=key, window=window, used__gt=0).update(used=F("used") - 1)


def forget(scope: str, subject: str, rate: str) -> None:
    """Begin the window of this subject anew."""
    key, window = _bucket(scope, subject, Rate.parse(rate))
    RateBucket.objects.filter(key=key, window=window).update(used=0)


def _bucket(scope: str, subject: str, limit: Rate) -> tuple[str, int]:
    seconds = int(clock.now().timestamp())
    key = hashlib.sha256(f"{scope}\0{limit.seconds}\0{subject}".encode()).hexdigest()
    return key, seconds - seconds % limit.seconds


def _take(key: str, window: int, limit: Rate) -> bool:
    """Raise the window's count by one if it is not full. One statement decides, so races can't."""
    free = RateBucket.objects.filter(key=key, window=window, used__lt=limit.most)
    if free.update(used=F("used") + 1):
        return True
    if RateBucket.objects.filter(key=key, window=window).exists():
        return False
    until = clock.now() + timedelta(seconds=limit.seconds)
    try:
        with transaction.atomic():
            RateBucket.objects.create(key=key, window=window, used=0, until=until)
    except IntegrityError:
        pass  # another process opened the window first; count in its row
    return bool(free.update(used=F("used") + 1))


def limited(
    scope: str,
    *,
    per_ip: str | None = None,
    per_user: str | None = None,
    methods: tuple[str, ...] = ("POST",),
) -> Callable[[View], View]:
    """Limit a view, by the visitor's network and by the person who is signed in.

    Only the given methods count. Raises TooMany, which becomes 429 with Retry-After.
    """
    for rate in (per_ip, per_user):
        if rate is not None:
            Rate.parse(rate)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                check(request, scope, per_ip=per_ip, per_user=per_user)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


def check(
    request: HttpRequest, scope: str, *, per_ip: str | None = None, per_user: str | None = None
) -> None:
    """What `@limited` does, for class-based and API views."""
    user = getattr(request, "user", None)
    if per_user is not None and user is not None and user.is_authenticated:
        spend(scope, f"user:{user.pk}", per_user)
    if per_ip is not None:
        spend(scope, f"ip:{client_network(request)}", per_ip)


def purge() -> int:
    """Drop windows that are over; returns how many."""
    return RateBucket.objects.filter(until__lt=clock.now()).delete()[0]
