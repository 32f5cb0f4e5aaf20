"""Celery tasks of the journal: deliver events, run jobs, delete old rows."""

from celery import shared_task

from marketplace.journal import audit, chain, jobs, once, services, unreadable_rows, wakeup
from marketplace.kernel.statistics import refresh_statistics
from marketplace.web import throttle


@shared_task(name=wakeup.DRAIN, ignore_result=True)
def drain() -> None:
    """Deliver what is due. After TURN seconds other tasks may run first."""
    if not services.drain(seconds=services.TURN):
        return
    if services.is_due():
        wakeup.send(wakeup.DRAIN)


@shared_task(name=wakeup.WORK, ignore_result=True)
def work() -> None:
    """Run one job, and queue the next after the tasks that wait."""
    if jobs.run_next():
        wakeup.send(wakeup.WORK)


@shared_task(name="journal.purge", ignore_result=True)
def purge() -> None:
    """Delete old deliveries, jobs, one-time keys and rate windows. Entries are kept."""
    services.purge_deliveries()
    services.purge_jobs()
    once.purge_keys()
    throttle.purge()
    refresh_statistics()


@shared_task(name="journal.recheck", ignore_result=True)
def recheck() -> None:
    """Check whether unreadable rows can be read again."""
    unreadable_rows.recheck_unreadable()


@shared_task(name="journal.seal", ignore_result=True)
def seal() -> None:
    """Link new entries to the hash chain. What is left after some batches waits for the next run."""
    for _batch in range(20):
        if chain.seal_entries() < chain.BATCH:
            return


@shared_task(name="journal.audit", ignore_result=True)
def check_audit() -> None:
    """Check the journal and write the head of its chain to the anchor file."""
    audit.check_and_anchor()
