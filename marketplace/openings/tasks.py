"""What the clock does with openings."""

from celery import shared_task

from marketplace.openings import services


@shared_task(name="openings.tick", ignore_result=True)
def tick() -> None:
    """Begin what is due, open what has enough shares, end what has waited long enough."""
    services.tick()
