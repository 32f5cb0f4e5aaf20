"""One wake-up for the worker per transaction. It carries nothing: the truth is in the tables.

The embedded broker may lose a message, and delivers about 30 a second; so a lost wake-up costs five
seconds (the sweep), and a transaction of thousands of rows sends one message.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from celery import current_app

logger = logging.getLogger(__name__)

_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Send no wake-ups: for bulk loading, which drains by itself at its end."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def after_commit() -> None:
    """Ask for a drain once the present transaction has committed."""
    if _quiet.get():
        return
    if not any(callback[1] is _send for callback in connection.run_on_commit):
        transaction.on_commit(_send)


def _send() -> None:
    try:
        # By name: the task stands above the services, which stand above this.
        current_app.send_task("journal.drain", expires=60)
    except Exception as error:  # noqa: BLE001 -- whatever ails the broker
        # The write has been committed and must not be answered with an error; the sweep will find
        # the delivery.
        logger.warning("no wake-up could be sent: %s", type(error).__name__)
