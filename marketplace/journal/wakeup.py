"""One wake-up for the worker per transaction. It carries nothing: the truth is in the tables.

The embedded broker may lose a message, and delivers about 30 a second; so a lost wake-up costs five
seconds (the sweep), and a transaction of thousands of rows sends one message.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import connection, transaction

from celery import current_app
from circuitbreaker import CircuitBreaker

logger = logging.getLogger(__name__)

#: The two things a worker can be woken for: deliveries that are due, and a job that waits.
DRAIN, WORK = "journal.drain", "journal.work"
#: After so many seconds the sweep has long done what a wake-up was for.
EXPIRES = 60

#: After a failure nobody waits for the broker for so many seconds; the sweep wakes the worker anyway.
PAUSE = 15
breaker = CircuitBreaker(failure_threshold=1, recovery_timeout=PAUSE)

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Send no wake-ups: for bulk loading, which drains by itself at its end."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def after_commit(task: str = DRAIN) -> None:
    """Wake the worker once the present transaction has committed."""
    if _quiet.get():
        return
    if not any(callback[1] is _senders[task] for callback in connection.run_on_commit):
        transaction.on_commit(_senders[task])


def send(task: str) -> None:
    """Wake the worker now; a broker that does not answer is no error, and is left alone for a while."""
    if breaker.opened:
        return
    try:
        # By name: the task stands above the services, which stand above this.
        breaker.call(current_app.send_task, task, expires=EXPIRES, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- whatever ails the broker
        # The write has been committed and must not be answered with an error; the sweep will find
        # what there is to do.
        logger.warning("no wake-up could be sent: %s", type(error).__name__)


_senders = {task: partial(send, task) for task in (DRAIN, WORK)}
