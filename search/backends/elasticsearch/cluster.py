"""The connection to a cluster: how long a call may take, and when to stop asking for a while."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from circuitbreaker import CircuitBreaker
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from search.backends.elasticsearch.address import Address
from search.errors import IndexUnavailable, SearchUnavailable

#: A visitor waits no longer for an answer from the index.
READ_SECONDS = 2.0
#: Whoever writes has time: a batch of 500 rows takes about a second.
WRITE_SECONDS = 30.0
#: After so many failures in a row nobody asks the cluster for this long.
FAILURES = 3
OPEN_SECONDS = 30
_BUSY = {408, 429}
_SERVER_ERROR = 500

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


class _Down(Exception):
    """The cluster did not answer, or not with what was asked: the breaker counts these only."""


class Cluster:
    """A client for reading and one for writing, both translating errors into ours."""

    def __init__(self, address: Address) -> None:
        options: dict[str, object] = {}
        if address.user == "apikey":
            options["api_key"] = address.password
        elif address.user:
            options["basic_auth"] = (address.user, address.password)
        if address.ca_certs:
            options["ca_certs"] = address.ca_certs
        client = Elasticsearch(list(address.hosts), **options)  # type: ignore[arg-type]
        self._reader = client.options(request_timeout=READ_SECONDS, max_retries=0)
        self._writer = client.options(
            request_timeout=WRITE_SECONDS, max_retries=2, retry_on_timeout=True
        )
        self._breaker = CircuitBreaker(
            failure_threshold=FAILURES, recovery_timeout=OPEN_SECONDS, expected_exception=_Down
        )

    def read(self, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
        """Ask within two seconds; SearchUnavailable at once while the breaker is open."""
        # `call` counts, but does not look whether the breaker is open: only the decorator does.
        if self._breaker.opened:
            raise SearchUnavailable("the cluster failed a moment ago")
        try:
            return self._breaker.call(_asked, self._reader, action)
        except _Down as error:
            raise SearchUnavailable(str(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Elasticsearch]:
        """A client for writing and managing. It asks the cluster whatever the breaker says."""
        try:
            yield self._writer
        except NotFoundError as error:
            raise IndexUnavailable(reason_of(error)) from error
        except (ApiError, TransportError) as error:
            raise SearchUnavailable(reason_of(error)) from error
        # It answers again: let visitors know before the pause is over.
        self._breaker.reset()


def _asked(client: Elasticsearch, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
    try:
        return action(client)
    except NotFoundError as error:
        raise IndexUnavailable(reason_of(error)) from error
    except ApiError as error:
        if error.status_code not in _BUSY and error.status_code < _SERVER_ERROR:
            # It answers, but does not like the question: that is a mistake of ours.
            log.exception("the cluster refuses a query")
            raise SearchUnavailable(reason_of(error)) from error
        log.warning("the cluster did not answer: %s", reason_of(error))
        raise _Down(reason_of(error)) from error
    except TransportError as error:
        log.warning("the cluster did not answer: %s", reason_of(error))
        raise _Down(reason_of(error)) from error


def reason_of(error: Exception) -> str:
    """What the cluster said, without the request that it may quote."""
    if isinstance(error, ApiError):
        return f"{error.status_code} {error.error}"
    return type(error).__name__
