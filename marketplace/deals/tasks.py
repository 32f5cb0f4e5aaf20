"""What the clock does with contracts."""

from celery import shared_task

from marketplace.deals.services.origins import propose_due_origins
from marketplace.deals.services.reminders import remind_of_due


@shared_task(name="deals.remind_due", ignore_result=True)
def remind_due() -> None:
    """Remind both sides of milestones and payments that fall due."""
    remind_of_due()


@shared_task(name="deals.propose_origins", ignore_result=True)
def propose_origins() -> None:
    """Compare imported contracts of unknown origin with the records of their parties."""
    propose_due_origins()
