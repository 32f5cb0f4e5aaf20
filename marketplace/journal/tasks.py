"""Celery's way into the journal: drain the outbox, run jobs, clear what is old."""

from celery import shared_task

from marketplace.journal import jobs, services
from marketplace.web import throttle


@shared_task(name="journal.drain", ignore_result=True)
def drain() -> None:
    """Deliver what is due, then run the open jobs."""
    services.drain()
    jobs.run_open()


@shared_task(name="journal.purge", ignore_result=True)
def purge() -> None:
    """Delete deliveries that were done long ago and rate windows that are over; entries stay."""
    services.purge_deliveries()
    throttle.purge()
