"""Sample experts, and the sample calls that they judge (`deploy/samples/results.json`), by the services that people use."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from marketplace.awards.services import samples as awards
from marketplace.evaluation import services
from marketplace.evaluation.models import Expert
from marketplace.evaluation.rulebook import PLEDGE
from marketplace.evaluation.services import Application, Work
from marketplace.evaluation.services.samples import finish_sample, form_sample, remove_samples
from marketplace.needs.models import Need
from marketplace.openings.services.samples import close_sample, hand_in_sample
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import create_sample_user, sample_organizations
from marketplace.tenders.services import samples as tenders
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet: experts, then the calls that they judge."""
    _load_experts(progress)
    _load_results(progress)


def _load_experts(progress: Progress) -> None:
    """An expert is known by address. Without a sample operator nobody is approved."""
    found = read("experts")
    operator = parties.people_with_role("operator").filter(is_sample=True).order_by("pk").first()
    for row in found:
        if not Expert.objects.filter(person__email=row["email"]).exists():
            _make(row, operator)
    progress("experts", len(found), len(found))


@transaction.atomic
def _make(row: Mapping[str, Any], operator: User | None) -> None:
    person = parties.user_by_email(row["email"])
    if person is None:
        person = create_sample_user(row["email"], name=row["name"], password=None)
    said = Application(
        title=row["title"],
        summary=row["summary"],
        fields=row["fields"],
        works=[Work(row["employer"], date.fromisoformat(row["since"]))],
    )
    made = services.apply_as_expert(said, pledge=PLEDGE, actor=person)
    if operator is not None and operator.has_perm("evaluation.review_expert", made):
        services.approve_expert(made, actor=operator)


def _load_results(progress: Progress) -> None:
    """A result is known by its need. Without a sample operator there is none."""
    organizations = sample_organizations(read("organizations"))
    found = read("results")
    operator = parties.user_by_email(tenders.OPERATOR)
    for row in found:
        need = tenders.free_need(organizations[row["owner"]], row["need"])
        if need is not None and operator is not None:
            _judge(row, need, organizations, operator)
    progress("results", len(found), len(found))


@transaction.atomic
def _judge(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User,
) -> None:
    """A call from the notice to the state of its row: `scoring`, `publicised` or `awarded`."""
    tender = tenders.publish_sample(row, need, operator)
    points = {}
    for said in row["bids"]:
        bid = hand_in_sample(tender, organizations[said["by"]], said["form"])
        points[bid.code] = (said["points"], said["comment"])
    tender = close_sample(tender, days_ago=row.get("days_ago", 0))
    panel = form_sample(tender, row["fields"], operator)
    if row["state"] == "scoring":
        return
    result, reported = finish_sample(panel, points, row["conclusion"])
    result = awards.publicise_sample(result, operator)
    if row["state"] == "awarded":
        awards.award_sample(result, reported_at=reported)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample panels with everything in them, and sample experts; an expert of a real panel stays."""
    return remove_samples()
