"""A cache in Redis that uses the database while Redis does not answer or refuses to store.

The counters of sign-in attempts are in this cache. During an outage of Redis they must keep counting,
and a sign-in must not end in an error.
"""

import logging
import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache

from redis.exceptions import RedisError

log = logging.getLogger(__name__)

#: Seconds after a failure of Redis during which only the database is used.
PAUSE_SECONDS = 5.0
TABLE = "kernel_cache"
_OPERATIONS = (
    *("add", "get", "set", "touch", "delete", "get_many", "set_many", "delete_many"),
    *("has_key", "incr", "clear"),
)


class RedisOrDatabaseCache(RedisCache):
    """`LOCATION` is the address of Redis. Values are not copied between Redis and the database."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0}
        options |= params.get("OPTIONS") or {}
        super().__init__(server, {**params, "OPTIONS": options})
        self._database = DatabaseCache(TABLE, {**params, "OPTIONS": {"MAX_ENTRIES": 1_000_000}})
        self._paused_until = 0.0

    def either(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Run a cache operation on Redis, or on the database while Redis is not used."""
        if time.monotonic() >= self._paused_until:
            try:
                return getattr(super(), operation)(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                log.warning("the cache is in the database for now: %s", type(error).__name__)
        return getattr(self._database, operation)(*args, **kwargs)


class RedisOrNothingCache(RedisCache):
    """For what can be made anew: while Redis does not answer, nothing is found and nothing is kept.

    The same holds for a Redis that answers with a refusal: its memory is full, or it is a replica.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        options |= params.get("OPTIONS") or {}
        super().__init__(server, {**params, "OPTIONS": options})
        self._paused_until = 0.0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is there, or the default."""
        found = self._tried(super().get, key, None, version)
        return default if found is None else found

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep this value, if that is possible now."""
        self._tried(super().set, key, value, timeout, version)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """What is there of these keys."""
        found: dict[str, Any] | None = self._tried(super().get_many, keys, version)
        return found or {}

    def set_many(
        self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        """Keep these values, if that is possible now."""
        self._tried(super().set_many, data, timeout, version)
        return []

    def _tried(self, operation: Callable[..., Any], *args: Any) -> Any:
        if time.monotonic() < self._paused_until:
            return None
        try:
            return operation(*args)
        except (RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("parts of pages are not kept for now: %s", type(error).__name__)
            return None


def _through_either(name: str) -> Callable[..., Any]:
    @wraps(getattr(RedisCache, name))
    def operation(self: RedisOrDatabaseCache, *args: Any, **kwargs: Any) -> Any:
        return self.either(name, *args, **kwargs)

    return operation


for _name in _OPERATIONS:
    setattr(RedisOrDatabaseCache, _name, _through_either(_name))
