"""A cache in Redis that uses the database while Redis does not answer.

The counters of sign-in attempts are in this cache. During an outage of Redis they must keep counting,
and a sign-in must not end in an error.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache

from redis.exceptions import ConnectionError as RedisDown
from redis.exceptions import TimeoutError as RedisSlow

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
            except (RedisDown, RedisSlow) as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                log.warning("the cache is in the database for now: %s", type(error).__name__)
        return getattr(self._database, operation)(*args, **kwargs)


def _through_either(name: str) -> Callable[..., Any]:
    @wraps(getattr(RedisCache, name))
    def operation(self: RedisOrDatabaseCache, *args: Any, **kwargs: Any) -> Any:
        return self.either(name, *args, **kwargs)

    return operation


for _name in _OPERATIONS:
    setattr(RedisOrDatabaseCache, _name, _through_either(_name))
