"""Sample bids and their opening, and the removal of openings of sample tenders."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from marketplace.bids import services as bids
from marketplace.bids.models import Bid
from marketplace.bids.rulebook import PLEDGE, empty_form
from marketplace.bids.services.samples import close_then, hand_in_before
from marketplace.files.services import erase_sample_files
from marketplace.kernel import clock
from marketplace.openings.models import (
    OPENED_FILES,
    Absence,
    OpenedBid,
    Opening,
    Reading,
    Reveal,
    Share,
    Undertaking,
)
from marketplace.openings.services.clockwork import up_to_date
from marketplace.parties.models import Organization
from marketplace.tenders.models import Lot, Tender
from marketplace.tenders.services.samples import binder_of, bring_to_deadline


def hand_in_sample(tender: Tender, org: Organization, said: Mapping[str, Any]) -> Bid:
    """A sample bid with these parts of the form. Where bids are sealed, the server seals it on receipt."""
    actor = binder_of(org)
    bid = bids.draft_bid(tender, tender.lots.get(number=1), org, actor=actor)
    answers = [
        {"number": one.number, "text": f"满足：{one.target}"[:500]}
        for one in tender.requirements.all()
    ]
    form = {**empty_form(), "answers": answers, **said}
    handover = bids.Handover(tender.terms_rev, PLEDGE)
    if tender.is_sealed:
        bids.PlainUpload(bid).finish(form, handover, actor=actor)
    else:
        bid = bids.edit_bid(bid, form, [], actor=actor)
        bids.hand_in_open(bid, handover, actor=actor)
    return Bid.objects.get(pk=bid.pk)


def close_sample(tender: Tender, *, days_ago: int = 0) -> Tender:
    """The deadline of a sample comes, so many days ago; bids that no custodian must open are opened.

    Everything of it lies in the past in its order: bids came in before the deadline, and were opened after it.
    """
    tender = bring_to_deadline(tender, days_ago)
    if tender.deadline is None:
        raise TypeError("what was published has a deadline")
    hand_in_before(tender, tender.deadline)
    by = clock.database_now() - tender.deadline
    up_to_date(tender)
    close_then(tender, tender.deadline)
    Lot.objects.filter(tender=tender).update(opened_at=F("opened_at") - by)
    Opening.objects.filter(tender=tender, is_sample=True).update(
        begun_at=F("begun_at") - by, opened_at=F("opened_at") - by
    )
    OpenedBid.objects.filter(opening__tender=tender, opening__is_sample=True).update(
        opened_at=F("opened_at") - by, decided_at=F("decided_at") - by
    )
    return Tender.objects.select_related("owner", "need").get(pk=tender.pk)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample openings with everything of them; how many."""
    rows = OpenedBid.objects.filter(opening__is_sample=True)
    erase_sample_files(OPENED_FILES, list(rows.values_list("pk", flat=True)))
    for model in (Absence, Reading, Reveal, Share, Undertaking):
        model.objects.filter(is_sample=True).delete()
    rows.delete()
    return {"openings": Opening.objects.filter(is_sample=True).delete()[0]}
