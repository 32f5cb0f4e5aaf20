"""The connection to a cluster: how long a call may take, and when to stop asking for a while."""

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

#: A visitor waits no longer for an answer from the index, and less when the question's budget says so.
READ_SECONDS = budget.SECONDS
#: An answer that took longer is used, but counts as a failure: every page would wait as long.
SLOW_SECONDS = 1.0
#: Whoever writes has time: a batch of 500 rows takes about a second.
WRITE_SECONDS = 30.0
#: After so many failures in a row nobody asks the cluster for this long.
FAILURES = 3
OPEN_SECONDS = 30
# A client with a time limit of its own is made only when that makes a difference.
_NEARLY = 0.9
#: The cluster has too much to do, or lacks a part at the moment: what it refuses so it takes later.
BUSY = {408, 429, *range(500, 600)}
#: With less time than that nobody asks.
_LEAST_SECONDS = 0.1

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


class _Down(Exception):
    """The cluster did not answer, or not with what was asked: the breaker counts these only."""


class _Slow(_Down):
    """The cluster answered, but so late that it is left alone for a while."""

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
        # Another node is tried when one refuses. A node that hangs has had its time: whoever
        # writes comes back later instead of holding a worker for three times as long.
        self._writer = client.options(request_timeout=WRITE_SECONDS, max_retries=2)
        self._breaker = CircuitBreaker(
            failure_threshold=FAILURES, recovery_timeout=OPEN_SECONDS, expected_exception=_Down
        )

    def read(self, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
        """Ask within the budget; SearchUnavailable when it is used up or the breaker is open.

        A patient question (`budget.patient`) has the time of a write, whatever the breaker says.
        """
        if budget.is_patient():
            with self.writing() as client:
                return action(client)
        # `call` counts, but does not look whether the breaker is open: only the decorator does.
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
                # It has less time than a good answer may take: that it failed says nothing.
                return _asked(client, action)
            return self._breaker.call(_asked, client, action)
        except _Slow as late:
            log.warning("the cluster answers late")
            return late.answer  # type: ignore[return-value]
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
            refused = isinstance(error, ApiError) and error.status_code not in BUSY
            raise (SearchRefused if refused else SearchUnavailable)(reason_of(error)) from error
        # It answers again: let visitors know before the pause is over.
        self._breaker.reset()


def _asked(client: Elasticsearch, action: Callable[[Elasticsearch], _Answer]) -> _Answer:
    began = time.monotonic()
    try:
        answer = action(client)
    except NotFoundError as error:
        raise IndexUnavailable(reason_of(error)) from error
    except ApiError as error:
        if error.status_code not in BUSY:
            # It answers, but does not like the question: that is a mistake of ours.
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
    """What the cluster said, without the request that it may quote."""
    if isinstance(error, ApiError):
        return f"{error.status_code} {error.error}"
    return type(error).__name__
