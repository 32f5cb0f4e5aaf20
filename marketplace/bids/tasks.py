"""What the clock does with bids."""

from celery import shared_task

from marketplace.bids import services


@shared_task(name="bids.tick", ignore_result=True)
def tick() -> None:
    """Write down what was in at the deadline, let drafts lapse, erase abandoned uploads."""
    services.tick()
