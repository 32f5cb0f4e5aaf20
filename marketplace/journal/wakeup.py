"""Wakes the worker once per transaction. The message is empty: the work is in the tables.

The embedded broker can lose messages and delivers about 30 a second. So a transaction with thousands of
rows sends one message, and a lost one costs five seconds, until the next scheduled run.
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

#: The tasks that a wake-up starts: delivering events, and running a job.
DRAIN, WORK = "journal.drain", "journal.work"
#: Seconds after which a wake-up expires; the scheduled run has done its work by then.
EXPIRES = 60

#: Seconds after a failure during which the broker is not tried; the scheduled run wakes the worker.
PAUSE = 15
breaker = CircuitBreaker(failure_threshold=1, recovery_timeout=PAUSE)

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Send no wake-ups inside the block: for bulk loading, which delivers at its end."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def after_commit(task: str = DRAIN) -> None:
    """Wake the worker after the current transaction has committed."""
    if _quiet.get():
        return
    if not any(callback[1] is _senders[task] for callback in connection.run_on_commit):
        transaction.on_commit(_senders[task])


def send(task: str) -> None:
    """Wake the worker now. When the broker does not answer, only a warning is logged."""
    if breaker.opened:
        return
    try:
        # By name, because `tasks` imports this module.
        breaker.call(current_app.send_task, task, expires=EXPIRES, ignore_result=True)
    except Exception as error:  # noqa: BLE001 -- any failure of the broker
        # The write is committed and must not end in an error. The scheduled run finds the work.
        logger.warning("no wake-up could be sent: %s", type(error).__name__)


_senders = {task: partial(send, task) for task in (DRAIN, WORK)}
