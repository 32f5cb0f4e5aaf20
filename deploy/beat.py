"""One beat only, on however many machines it is started: the others stand by.

A beat that holds no lease sends nothing and asks again every few seconds; when the holder dies, its
lease ends and another goes on.
"""

import logging
import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections

from celery.beat import PersistentScheduler

from marketplace.journal import leases
from marketplace.web.slices import parts

logger = logging.getLogger(__name__)

LEASE = "beat"
LENGTH = timedelta(seconds=30)
#: The holder renews and the others ask again at least this often, in seconds.
PULSE = 5.0


def schedule() -> dict[str, dict[str, Any]]:
    """What slices have the clock do, by task. A sending that nobody took expires before the next."""
    return {
        one.task: {
            "task": one.task,
            "schedule": one.every,
            "options": {"expires": min(one.every, 3600)},
        }
        for one in parts("schedules")
    }


class OneBeat(PersistentScheduler):
    """Celery's own scheduler, which works only while it holds the lease."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Two containers may have the same host name and process number: those are for people to read.
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self.is_holder = False
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """The declarations are complete once the apps are ready, and a scheduler is made after that."""
        self.app.conf.beat_schedule = schedule()
        super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if this is the one; seconds until the next tick."""
        if not self._holds():
            return PULSE
        return min(PULSE, float(super().tick(*args, **kwargs)))

    def close(self) -> None:
        """Let another take over at once."""
        try:
            leases.release(LEASE, self.holder)
        except (DatabaseError, InterfaceError):
            logger.warning("the beat's lease ends by itself")
        super().close()

    def _holds(self) -> bool:
        close_old_connections()
        try:
            held = leases.hold(LEASE, self.holder, LENGTH)
        except (DatabaseError, InterfaceError) as error:
            # Nothing that is due could be done without the database anyway.
            logger.warning("beat waits for the database: %s", type(error).__name__)
            held = False
        if held != self.is_holder:
            self.is_holder = held
            logger.info("beat %s", "takes over" if held else "stands by")
        return held
