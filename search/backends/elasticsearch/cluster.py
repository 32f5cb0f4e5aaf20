"""The connection to a cluster: time limits, and a circuit breaker."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from circuitbreaker import CircuitBreaker
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from search import budget
from search.backends.elasticsearch.address import Address
from search.errors import IndexUnavailable, SearchRefused, SearchUnavailable

#: The longest that a read may take, in seconds; less when less of the question's budget is left.
READ_SECONDS = budget.SECONDS
#: A slower answer is used, but counts as a failure for the breaker: every page would wait as long.
SLOW_SECONDS = 1.0
#: The time limit of a write: a batch of 500 rows takes about a second.
WRITE_SECONDS = 30.0
#: After so many failures in a row the breaker is open for so many seconds.
FAILURES = 3
OPEN_SECONDS = 30
# A smaller difference to the default time limit is not worth a client of its own.
_NEARLY = 0.9
#: Status codes of an overloaded or incomplete cluster: the same request may succeed later.
BUSY = {408, 429, *range(500, 600)}
#: With less time left than this the cluster is not asked.
_LEAST_SECONDS = 0.1

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


class _Down(Exception):
    """The cluster did not answer, or with a failure: only these count for the breaker."""


class _Slow(_Down):
    """The cluster answered, but so slowly that it counts as a failure."""

    def __init__(self, answer: object) -> None:
        super().__init__("late")
        self.answer = answer


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
        # Another node is tried when one refuses the connection, but not when one hangs: the write is
        # repeated later instead of blocking a worker for three times as long.
        self._writer = client.options(request_timeout=WRITE_SECONDS, max_retries=2)
        self._breaker = CircuitBreaker(
            failure_threshold=FAILURES, recovery_timeout=OPEN_SECONDS, expected_exception=_Down
        )

    def read(self, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
        """Run a read within the budget; SearchUnavailable when no time is left or the breaker is open.

        Background work (`budget.patient`) has the time limit of a write and ignores the breaker.
        """
        if budget.is_patient():
            with self.writing() as client:
                return action(client)
        # `call` counts failures, but does not check whether the breaker is open: only the decorator does.
        if self._breaker.opened:
            raise SearchUnavailable("the cluster failed a moment ago")
        seconds = budget.left()
        if seconds < _LEAST_SECONDS:
            raise SearchUnavailable("no time is left for this question")
        client = self._reader
        if seconds < READ_SECONDS * _NEARLY:
            client = client.options(request_timeout=seconds)
        try:
            if seconds < SLOW_SECONDS:
                # With less time than a good answer may take, a failure says nothing about the cluster.
                return _asked(client, action)
            return self._breaker.call(_asked, client, action)
        except _Slow as late:
            log.warning("the cluster answers late")
            return late.answer  # type: ignore[return-value]
        except _Down as error:
            raise SearchUnavailable(str(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Elasticsearch]:
        """A client for writing and managing. It ignores the breaker."""
        try:
            yield self._writer
        except NotFoundError as error:
            raise IndexUnavailable(reason_of(error)) from error
        except (ApiError, TransportError) as error:
            refused = isinstance(error, ApiError) and error.status_code not in BUSY
            raise (SearchRefused if refused else SearchUnavailable)(reason_of(error)) from error
        # It answers again: close the breaker now, so that visitors do not wait for the pause to end.
        self._breaker.reset()


def _asked(client: Elasticsearch, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
    began = time.monotonic()
    try:
        answer = action(client)
    except NotFoundError as error:
        raise IndexUnavailable(reason_of(error)) from error
    except ApiError as error:
        if error.status_code not in BUSY:
            # It answers, but refuses the request: that is an error in our code.
            log.exception("the cluster refuses a query")
            raise SearchRefused(reason_of(error)) from error
        log.warning("the cluster did not answer: %s", reason_of(error))
        raise _Down(reason_of(error)) from error
    except TransportError as error:
        log.warning("the cluster did not answer: %s", reason_of(error))
        raise _Down(reason_of(error)) from error
    if time.monotonic() - began > SLOW_SECONDS:
        raise _Slow(answer)
    return answer


def reason_of(error: Exception) -> str:
    """The kind of error that the cluster reports, without the request that it may quote."""
    if isinstance(error, ApiError):
        return f"{error.status_code} {error.error}"
    return type(error).__name__
