"""What the clock does with publicities and objections."""

from celery import shared_task

from marketplace.publicity import services


@shared_task(name="publicity.tick", ignore_result=True)
def tick() -> None:
    """End publicities, escalate late answers, warn of drafts and let them lapse."""
    services.tick()
