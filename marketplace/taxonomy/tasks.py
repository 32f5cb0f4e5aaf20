"""What the clock does with the calendar of working days."""

from celery import shared_task

from marketplace.taxonomy import services


@shared_task(name="taxonomy.warn_of_calendar", ignore_result=True)
def warn_of_calendar() -> None:
    """Tell the operators in time that the next year must be entered."""
    services.warn_of_calendar()
