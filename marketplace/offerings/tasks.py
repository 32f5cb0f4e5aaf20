"""The scheduled tasks of service offers."""

from datetime import timedelta

from celery import shared_task

from marketplace.kernel import clock
from marketplace.listings.services import expire_due
from marketplace.offerings import queries
from marketplace.offerings.models import Offering
from search import engine

#: A day more than the schedule, and those on which the worker may have stood still.
LOOKED_BACK = timedelta(days=7)


@shared_task(name="offerings.expire", ignore_result=True)
def expire() -> None:
    """Close service offers whose validity is over."""
    expire_due(Offering)


@shared_task(name="offerings.forget_ended_qualifications", ignore_result=True)
def forget_ended_qualifications() -> None:
    """Index those offers again that have a qualification whose last day has passed."""
    today = clock.today()
    codes = queries.codes_with_ended_qualification(today - LOOKED_BACK, today)
    if codes:
        engine.refresh("offerings", codes)
