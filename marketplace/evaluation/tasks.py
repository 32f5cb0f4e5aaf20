"""What the clock does with experts and panels."""

from celery import shared_task

from marketplace.evaluation import services


@shared_task(name="evaluation.tick", ignore_result=True)
def tick() -> None:
    """End suspensions that are over, and replace members who did not answer."""
    services.tick()
