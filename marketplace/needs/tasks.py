"""The scheduled task of needs."""

from celery import shared_task

from marketplace.listings.services import expire_due
from marketplace.needs.models import Need


@shared_task(name="needs.expire", ignore_result=True)
def expire() -> None:
    """Close needs whose validity is over."""
    expire_due(Need)
