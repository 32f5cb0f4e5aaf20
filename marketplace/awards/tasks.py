"""Tasks of the clock."""

from celery import shared_task

from marketplace.awards import services


@shared_task(name="awards.tick")
def tick() -> int:
    """Remind of contracts and results that are due."""
    return services.tick()
