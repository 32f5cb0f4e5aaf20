"""Sample results that are checked and published, and their removal with everything that stands on them."""

from datetime import date, datetime, timedelta

from django.db import transaction

from marketplace.awards.models import (
    AWARD_FILES,
    DELIVERY_FILES,
    Award,
    Entry,
    Inspection,
    Judgement,
    Result,
    TaskBook,
)
from marketplace.awards.services.confirming import confirm_award
from marketplace.awards.services.publishing import least_days, publish_result, submit_result
from marketplace.files.services import erase_sample_files
from marketplace.kernel import clock
from marketplace.parties.models import User
from marketplace.publicity.services.samples import begin_at
from marketplace.tenders.models import Lot
from marketplace.tenders.services.samples import binder_of, working_hour

#: The hour at which a sample is made public, or chosen.
_HOUR = 10


def publicise_sample(result: Result, operator: User) -> Result:
    """The purchaser checks a sample result; the operator publishes its candidate where the procedure says so."""
    days, contact = least_days(result), result.tender.contact
    actor = binder_of(result.tender.owner)
    submit_result(result, days=days, contact=contact, note="", actor=actor)
    found = Result.objects.get(pk=result.pk)
    return publish_result(found, actor=operator) if found.needs_four_eyes else found


def award_sample(result: Result, *, reported_at: datetime) -> Award:
    """The candidate of a sample was made public on the first working day after the report, and chosen after the publicity.

    Everybody was told when the candidate was chosen.
    """
    award = result.awards.select_related("publicity").get()
    if award.publicity is None:
        raise TypeError("what was made public has a publicity")
    published = working_hour(clock.day_of(reported_at) + timedelta(1), _HOUR)
    ends = begin_at(award.publicity, published)
    confirmed = min(working_hour(clock.day_of(ends), _HOUR), clock.database_now())
    found = Result.objects.select_related("tender__owner").get(pk=result.pk)
    confirm_award(found, actor=binder_of(found.tender.owner))
    Result.objects.filter(pk=result.pk).update(published_at=published, told_at=confirmed)
    rows = Award.objects.filter(pk=award.pk)
    days = timedelta(found.tender.ruled_by.contract_days)
    due = clock.end_of_day(clock.day_of(confirmed) + days)
    rows.update(confirmed_at=confirmed, contract_due=due)
    return rows.select_related("result__tender", "entry").get()


def sign_sample(award: Award, signed_on: date) -> None:
    """The contract of a sample award was recorded on the day of its signature."""
    at = clock.end_of_day(signed_on) - timedelta(hours=24 - _HOUR)
    Award.objects.filter(pk=award.pk, result__is_sample=True).update(contracted_at=at)
    Lot.objects.filter(pk=award.lot_id, tender__is_sample=True).update(contracted_at=at)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample deliveries and results with their files; how many of each."""
    deliveries = TaskBook.objects.filter(is_sample=True)
    results = Result.objects.filter(is_sample=True)
    awards = Award.objects.filter(result__in=results)
    erase_sample_files(DELIVERY_FILES, list(deliveries.values_list("pk", flat=True)))
    erase_sample_files(AWARD_FILES, list(awards.values_list("pk", flat=True)))
    Judgement.objects.filter(delivery__in=deliveries).delete()
    Inspection.objects.filter(delivery__in=deliveries).delete()
    done = {"deliveries": deliveries.delete()[0]}
    awards.delete()
    Entry.objects.filter(result__in=results).delete()
    return done | {"results": results.delete()[0]}
