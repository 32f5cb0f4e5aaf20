"""How often one reader may ask for what costs: text searches, completions, exports, matches.

Pages without words are not counted. The rest is counted by reader, with a wide limit for the address,
so that a training room or a campus behind one address can work. A reader is the account, or else a
random number in a signed cookie, which the first counted answer sets. Who keeps no cookies, or forges
them, meets the limit of the address only.

The counts are in the cache `counters`, never in the database: a search must not wait for SQLite's one
writer. While the cache is away nothing is counted. Limits that protect accounts and contacts are in
`throttle`, and do not forget.
"""

import functools
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control

from redis.exceptions import RedisError

from marketplace.kernel.errors import TooMany
from marketplace.web import throttle
from marketplace.web.throttle import Rate, View

log = logging.getLogger(__name__)

_SALT = "web.visitor"
#: Seconds that a cookie is believed; it holds nothing but a random number.
_COOKIE_SECONDS = 24 * 3600
#: Seconds without counting after the cache failed, so that not every request waits for it.
PAUSE_SECONDS = 5.0


class Rates(NamedTuple):
    """As `throttle.Rate` reads them: for one reader, and for all at one address."""

    per_visitor: str
    per_network: str


RATES = {
    "search": Rates("60/1m", "1200/1m"),
    # The box asks after each pause in typing.
    "suggest": Rates("240/1m", "4000/1m"),
    "export": Rates("30/10m", "300/10m"),
    "match": Rates("60/10m", "600/10m"),
}


def has_words(request: HttpRequest) -> bool:
    """Whether a list is asked for with a text, which the engine must search for."""
    return bool(request.GET.get("q", "").strip())


def is_posted(request: HttpRequest) -> bool:
    """Whether a form was sent, not only shown."""
    return request.method == "POST"


def counted(
    scope: str, *, when: Callable[[HttpRequest], bool] = lambda _request: True
) -> Callable[[View], View]:
    """Count each request of a view for which `when` is true; `scope` is a key of RATES.

    TooMany (429) when a rate is used up.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not when(request):
                return view(request, *args, **kwargs)
            visitor = _visitor(request)
            number = "" if visitor else secrets.token_urlsafe(12)
            rates = RATES[scope]
            spend(scope, visitor or f"visitor:{number}", rates.per_visitor)
            spend(scope, f"ip:{throttle.client_network(request)}", rates.per_network)
            response = view(request, *args, **kwargs)
            if number:
                _introduce(response, number)
            return response

        return wrapped

    return decorate


def spend(scope: str, subject: str, rate: str) -> None:
    """Count one act of `subject` in `scope`. TooMany when the rate is used up."""
    limit = Rate.parse(rate)
    now = int(throttle.clock.now().timestamp())
    window = now - now % limit.seconds
    digest = hashlib.sha256(f"{scope}\0{limit.seconds}\0{subject}".encode()).hexdigest()
    if _raised(f"{digest}:{window}", limit.seconds) > limit.most:
        raise TooMany(window + limit.seconds - now)


_away_until = 0.0


def _raised(key: str, seconds: int) -> int:
    """The count after this act; 0 while the cache is away."""
    global _away_until  # noqa: PLW0603 -- one cache for the process
    if time.monotonic() < _away_until:
        return 0
    cache = caches["counters"]
    try:
        cache.add(key, 0, seconds)
        return int(cache.incr(key))
    except ValueError:
        # The window ended, or the entry was pushed out, between the two.
        return 0
    except (RedisError, OSError) as error:
        _away_until = time.monotonic() + PAUSE_SECONDS
        log.warning("reading is not counted for now: %s", type(error).__name__)
        return 0


def _visitor(request: HttpRequest) -> str:
    """The account, or the number in the cookie; empty when there is neither."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    number = request.get_signed_cookie(_cookie(), default="", salt=_SALT, max_age=_COOKIE_SECONDS)
    return f"visitor:{number}" if number else ""


def _introduce(response: HttpResponseBase, number: str) -> None:
    """Let this reader be known by the number."""
    response.set_signed_cookie(
        _cookie(),
        number,
        salt=_SALT,
        max_age=_COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    # No cache between may hand one reader's number to others.
    patch_cache_control(response, no_cache=True, private=True)


def _cookie() -> str:
    return "__Host-visitor" if settings.SESSION_COOKIE_SECURE else "visitor"
