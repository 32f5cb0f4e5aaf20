"""The heartbeat of a job, written by a thread while one step of the job takes long."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections

from marketplace.journal.models import Job
from marketplace.kernel import clock

logger = logging.getLogger(__name__)

#: Seconds between two heartbeats. Four may fail before the lease of the job ends.
PULSE = 25.0


@contextmanager
def beating(row: Job) -> Iterator[None]:
    """Write a heartbeat every PULSE seconds from a thread, as long as the block runs."""
    ended = threading.Event()
    thread = threading.Thread(target=_beat, args=(row.pk, row.takes, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _beat(pk: int, takes: int, ended: threading.Event) -> None:
    try:
        while not ended.wait(PULSE):
            try:
                ours = Job.objects.filter(pk=pk, takes=takes, status=Job.Status.RUNNING)
                ours.update(heartbeat_at=clock.now())
            except DatabaseError as error:
                # The step of the job uses the same database and will raise the error itself.
                logger.warning("no heartbeat could be written: %s", type(error).__name__)
    finally:
        connections.close_all()
