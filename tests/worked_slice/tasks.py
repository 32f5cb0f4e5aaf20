"""What the clock does with visits."""

from celery import shared_task

from tests.worked_slice import services


@shared_task(name="visits.lapse", ignore_result=True)
def lapse() -> None:
    """End requests that nobody has answered in time."""
    services.lapse_visits()
