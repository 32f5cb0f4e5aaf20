"""The scheduled task of achievements."""

from celery import shared_task

from marketplace.achievements.models import Achievement
from marketplace.listings.services import expire_due


@shared_task(name="achievements.expire", ignore_result=True)
def expire() -> None:
    """Close achievements whose validity is over."""
    expire_due(Achievement)
