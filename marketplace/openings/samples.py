"""The sample openings of `deploy/samples/openings.json`: a call with bids, from the draft to the opened bids."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from marketplace.bids import services as bids
from marketplace.bids.rulebook import PLEDGE, empty_form
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.openings import services
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.taxonomy.queries import is_working
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.services.samples import bring_to_deadline
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

OPERATOR = "operator@sample.example"


def load(progress: Progress) -> None:
    """Load what is not there yet; an opening is known by the need of its tender. Needs a sample operator."""
    organizations = sample_organizations(read("organizations"))
    found = read("openings")
    operator = parties.user_by_email(OPERATOR)
    for row in found:
        need = Need.objects.filter(
            owner=organizations[row["owner"]], title=row["need"], is_sample=True
        ).first()
        free = need is not None and need.is_open and not Tender.objects.filter(need=need).exists()
        if need is not None and free and operator is not None:
            _make(row, need, organizations, operator)
    progress("openings", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User,
) -> None:
    actor = _binder(need.owner)
    made = tenders.draft_tender(need, tenders.Beginning("call", True), actor=actor)
    content = tenders.Content(
        title=made.title,
        summary=made.summary,
        content=made.content,
        conditions=made.conditions,
        ip_terms=made.ip_terms,
        **row["content"],
    )
    made = tenders.edit_content(made, content, actor=actor)
    made = tenders.edit_keys(made, sealing="access", actor=actor)
    end = clock.end_of_day(clock.today() + timedelta(20))
    while is_working(clock.last_day(end)) is False or clock.last_day(end).weekday() >= 5:
        end += timedelta(1)
    made = tenders.edit_schedule(made, deadline=end - timedelta(hours=7), actor=actor)
    made = tenders.submit_tender(made, actor=actor)
    made = tenders.publish_tender(made, actor=operator)
    for said in row["bids"]:
        _bid(made, organizations[said["by"]], said["form"])
    made = bring_to_deadline(made)
    services.up_to_date(made)


def _bid(tender: Tender, org: Organization, said: Mapping[str, Any]) -> None:
    actor = _binder(org)
    bid = bids.draft_bid(tender, tender.lots.get(number=1), org, actor=actor)
    answers = [
        {"number": one.number, "text": "满足，见技术方案。（示例）"}
        for one in tender.requirements.all()
    ]
    form = {**empty_form(), "answers": answers, **said}
    bid = bids.edit_bid(bid, form, [], actor=actor)
    bids.hand_in_open(bid, bids.Handover(tender.terms_rev, PLEDGE), actor=actor)


def _binder(org: Organization) -> User:
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample openings with everything of them."""
    return services.remove_samples(), []
