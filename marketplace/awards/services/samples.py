"""Sample results that are checked and published, and their removal with everything that stands on them."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

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
from marketplace.parties.models import User
from marketplace.publicity.services.samples import put_back
from marketplace.tenders.services.samples import binder_of


def publicise_sample(result: Result, operator: User) -> Result:
    """The purchaser checks a sample result; the operator publishes its candidate where the procedure says so."""
    days, contact = least_days(result), result.tender.contact
    actor = binder_of(result.tender.owner)
    submit_result(result, days=days, contact=contact, note="", actor=actor)
    found = Result.objects.get(pk=result.pk)
    return publish_result(found, actor=operator) if found.needs_four_eyes else found


def award_sample(result: Result, *, days_ago: int) -> Award:
    """The publicity of a sample is over, and its candidate was chosen so many days ago."""
    by, length = timedelta(days=days_ago), result.days or 0
    award = result.awards.select_related("publicity").get()
    if award.publicity is not None:
        put_back(award.publicity, length + days_ago + 1)
    found = Result.objects.select_related("tender__owner").get(pk=result.pk)
    confirm_award(found, actor=binder_of(found.tender.owner))
    since = by + timedelta(days=length + 1)
    Result.objects.filter(pk=result.pk).update(
        published_at=F("published_at") - since, told_at=F("told_at") - by
    )
    rows = Award.objects.filter(pk=award.pk)
    rows.update(confirmed_at=F("confirmed_at") - by, contract_due=F("contract_due") - by)
    return rows.select_related("result__tender", "entry").get()


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
