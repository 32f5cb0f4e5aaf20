"""The sample results of `deploy/samples/results.json`: challenges from the need to the award, by the real services."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from marketplace.awards import services
from marketplace.awards.models import Result
from marketplace.awards.rulebook import Basis, Verdict
from marketplace.awards.services import samples as rows
from marketplace.bids import services as bids
from marketplace.bids.models import Bid
from marketplace.bids.rulebook import PLEDGE, empty_form
from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.needs.models import Need
from marketplace.openings.services import up_to_date
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.publicity.services.samples import put_back
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import CHALLENGE, earliest_deadline
from marketplace.tenders.services.samples import put_back as put_tender_back
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

OPERATOR = "operator@sample.example"
#: What stands for the panel and its report: a sample has neither.
BASIS = Basis("PS-SAMPLE", "0" * 64)


def load(progress: Progress) -> None:
    """Load what is not there yet; a result is known by its need. Without a sample operator there is none."""
    organizations = sample_organizations(read("organizations"))
    found = read("results")
    operator = parties.user_by_email(OPERATOR)
    for row in found:
        owner = organizations[row["owner"]]
        need = Need.objects.filter(owner=owner, title=row["need"], is_sample=True).first()
        known = need is None or Tender.objects.filter(need=need).exists()
        if not known and need is not None and need.is_open and operator is not None:
            _make(row, need, organizations, operator)
    progress("results", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User,
) -> None:
    actor = _binder(need.owner)
    tender = _tender(row, need, actor, operator)
    handed_in = [_bid(tender, said, organizations[said["by"]]) for said in row["bids"]]
    # Instants of a sample lie in the past; what was handed in keeps its signed receipt, which has the real one.
    put_tender_back(tender, row["days_ago"])
    tenders.tick()
    up_to_date(Tender.objects.get(pk=tender.pk))
    ranked = zip(handed_in, row["bids"], strict=True)
    verdicts = [
        Verdict(bid, True, rank, Decimal(said["total"]), said["reasons"])
        for rank, (bid, said) in enumerate(ranked, 1)
    ]
    tender = Tender.objects.get(pk=tender.pk)
    result = services.propose_result(tender.lots.get(), verdicts, basis=BASIS, actor=None)
    days = services.least_days(result)
    result = services.submit_result(result, days=days, contact=tender.contact, note="", actor=actor)
    result = services.publish_result(result, actor=operator)
    published = result.awards.get().publicity
    if published is not None:
        put_back(published, days + row["awarded_days_ago"])
    services.confirm_award(Result.objects.select_related("tender").get(pk=result.pk), actor=actor)


def _tender(row: Mapping[str, Any], need: Need, actor: User, operator: User) -> Tender:
    made = tenders.draft_tender(need, tenders.Beginning(CHALLENGE, True), actor=actor)
    said = tenders.Content(
        title=made.title,
        summary=made.summary,
        content=made.content,
        conditions=made.conditions,
        ip_terms=made.ip_terms,
        **row["content"],
    )
    made = tenders.edit_content(made, said, actor=actor)
    made = tenders.edit_keys(made, sealing="access", actor=actor)
    deadline = earliest_deadline(made.ruled_by, clock.now())
    made = tenders.edit_schedule(made, deadline=deadline, actor=actor)
    made = tenders.submit_tender(made, actor=actor)
    made = tenders.publish_tender(made, actor=operator)
    # A tender opens at its start, which the clock finds.
    tenders.tick()
    return Tender.objects.get(pk=made.pk)


def _bid(tender: Tender, said: Mapping[str, Any], org: Organization) -> Bid:
    actor = _binder(org)
    bid = bids.draft_bid(tender, tender.lots.get(), org, actor=actor)
    answers = [{"number": one.number, "text": one.target} for one in tender.requirements.all()]
    form = empty_form() | {
        "price": said["price_wan"] * FEN_PER_WAN,
        "scheme": said["scheme"],
        "team": said["team"],
        "schedule": said["schedule"],
        "answers": answers,
    }
    bid = bids.edit_bid(bid, form, [], actor=actor)
    bids.hand_in_open(bid, bids.Handover(tender.terms_rev, PLEDGE), actor=actor)
    return Bid.objects.get(pk=bid.pk)


def _binder(org: Organization) -> User:
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample results with everything that stands on them."""
    return rows.remove_samples(), []
