"""What the clock does with grants."""

from celery import shared_task

from marketplace.disclosure import services


@shared_task(name="disclosure.end_grants", ignore_result=True)
def end_grants() -> None:
    """End the grants whose time is over."""
    services.end_grants()
