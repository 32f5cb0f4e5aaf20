"""What the clock does with tenders."""

from celery import shared_task

from marketplace.tenders import services


@shared_task(name="tenders.tick", ignore_result=True)
def tick() -> None:
    """Open tenders for bids, look at questions, close at the deadline, put cancellations into effect."""
    services.tick()
