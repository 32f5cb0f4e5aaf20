"""Celery's way into the journal: drain the outbox, do long work, clear what is old."""

from celery import shared_task

from marketplace.journal import jobs, once, services, wakeup
from marketplace.kernel.statistics import refresh_statistics
from marketplace.web import throttle


@shared_task(name=wakeup.DRAIN, ignore_result=True)
def drain() -> None:
    """Deliver what is due; a worker that has done so for long enough lets others have a turn."""
    if not services.drain(seconds=services.TURN):
        return
    if services.is_due():
        wakeup.send(wakeup.DRAIN)


@shared_task(name=wakeup.WORK, ignore_result=True)
def work() -> None:
    """Run one job, then make way for what waits."""
    if jobs.run_next():
        wakeup.send(wakeup.WORK)


@shared_task(name="journal.purge", ignore_result=True)
def purge() -> None:
    """Delete what was done long ago, spent keys and rate windows that are over; entries stay."""
    services.purge_deliveries()
    services.purge_jobs()
    once.purge_keys()
    throttle.purge()
    refresh_statistics()


@shared_task(name="journal.recheck", ignore_result=True)
def recheck() -> None:
    """Try again to read what could not be read."""
    services.recheck_unreadable()
