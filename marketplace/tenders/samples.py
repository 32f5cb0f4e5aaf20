"""The sample tenders of `deploy/samples/tenders.json`, made through the services that people use."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_organizations
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import USUAL_HOUR
from marketplace.tenders.services import samples as rows
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

#: Who stops a sample tender.
AUTHORITY = "authority@sample.example"


def load(progress: Progress) -> None:
    """Load what is not there yet; a tender is known by its need. Without a sample operator none is published."""
    organizations = sample_organizations(read("organizations"))
    found = read("tenders")
    operator = parties.user_by_email(rows.OPERATOR)
    for row in found:
        need = rows.free_need(organizations[row["owner"]], row["need"])
        if need is not None:
            _make(row, need, organizations, operator)
    progress("tenders", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User | None,
) -> None:
    actor = rows.binder_of(need.owner)
    if row["state"] == "draft":
        rows.draft_sample(row, need)
        return
    if row["state"] == "in_review" or operator is None:
        services.submit_tender(rows.draft_sample(row, need), actor=actor)
        return
    made = rows.publish_sample(row, need, operator)
    for said in row.get("questions", ()):
        asker = organizations[said["by"]]
        question = services.ask(made, asker, said["text"], actor=rows.binder_of(asker))
        if "answer" in said:
            services.answer(question, said["answer"], actor=actor)
    if "amendment" in row:
        _amend(made, row["amendment"], actor, operator)
    authority = parties.user_by_email(AUTHORITY)
    if "suspended" in row and authority is not None:
        made = Tender.objects.get(pk=made.pk)
        services.suspend_tender(made, reason=row["suspended"], actor=authority)
    rows.put_back(made, row.get("days_ago", 0))
    services.tick()


def _amend(tender: Tender, said: Mapping[str, Any], actor: User, operator: User) -> None:
    """A change that the operator approves; the deadline moves later by whole weeks, to a working day."""
    tender = Tender.objects.get(pk=tender.pk)
    later = timedelta(weeks=said["weeks"])
    made = services.propose_amendment(
        tender,
        said["texts"],
        reason=said["reason"],
        deadline=rows.working_hour(clock.day_of(tender.deadline) + later, USUAL_HOUR)
        if tender.deadline
        else None,
        actor=actor,
    )
    services.approve_amendment(made, actor=operator)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample tenders with their questions and changes."""
    return rows.remove_samples(), []
