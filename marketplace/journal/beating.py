"""The sign that a worker lives while a step of its job is long: an index that is copied, a big sheet."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections

from marketplace.journal.models import Job
from marketplace.kernel import clock

logger = logging.getLogger(__name__)

#: Seconds between two signs: four of them may fail before the worker is thought dead.
PULSE = 25.0


@contextmanager
def beating(row: Job) -> Iterator[None]:
    """Say every PULSE seconds that the job is being worked at, from a thread of its own."""
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
                # The step itself will meet the same database.
                logger.warning("no sign of life could be written: %s", type(error).__name__)
    finally:
        connections.close_all()
