"""What the clock does with keys of custodians."""

from celery import shared_task

from marketplace.custody import services


@shared_task(name="custody.tick", ignore_result=True)
def tick() -> None:
    """Ask for rehearsals again, and remind of overdue ones."""
    services.tick()
