"""One wake-up for the worker per transaction. It carries nothing: the truth is in the tables.

The embedded broker may lose a message, and delivers about 30 a second; so a lost wake-up costs five
seconds (the sweep), and a transaction of thousands of rows sends one message.
"""

import logging

from django.db import connection, transaction

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def after_commit() -> None:
    """Ask for a drain once the present transaction has committed."""
    if not any(callback[1] is _send for callback in connection.run_on_commit):
        transaction.on_commit(_send)


def _send() -> None:
    from marketplace.journal.tasks import drain  # noqa: PLC0415 -- tasks imports services

    try:
        drain.apply_async(expires=60)
    except (OSError, OperationalError) as error:
        # The write has been committed; the sweep will find the delivery.
        logger.warning("no wake-up could be sent: %s", type(error).__name__)
