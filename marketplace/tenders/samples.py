"""The sample tenders of `deploy/samples/tenders.json`, made through the services that people use."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.taxonomy.queries import is_working
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from marketplace.tenders.services import samples as rows
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

OPERATOR = "operator@sample.example"


def load(progress: Progress) -> None:
    """Load what is not there yet; a tender is known by its need. Without a sample operator none is published."""
    organizations = sample_organizations(read("organizations"))
    found = read("tenders")
    operator = parties.user_by_email(OPERATOR)
    for row in found:
        need = Need.objects.filter(
            owner=organizations[row["owner"]], title=row["need"], is_sample=True
        ).first()
        if need is None or not need.is_open or Tender.objects.filter(need=need).exists():
            continue
        _make(row, need, organizations, operator)
    progress("tenders", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any],
    need: Need,
    organizations: Mapping[str, Organization],
    operator: User | None,
) -> None:
    actor = _binder(need.owner)
    made = services.draft_tender(need, services.Beginning(row["procedure"], True), actor=actor)
    said = services.Content(
        title=made.title,
        summary=made.summary,
        content=made.content,
        conditions=made.conditions,
        ip_terms=made.ip_terms,
        has_lead=made.has_lead,
        **row["content"],
    )
    made = services.edit_content(made, said, actor=actor)
    made = services.edit_keys(made, sealing="access", actor=actor)
    made = services.edit_schedule(made, deadline=_deadline(row["open_days"]), actor=actor)
    if row["state"] == "draft":
        return
    made = services.submit_tender(made, actor=actor)
    if row["state"] == "in_review" or operator is None:
        return
    made = services.publish_tender(made, actor=operator)
    for said_row in row.get("questions", ()):
        asker = organizations[said_row["by"]]
        question = services.ask(made, asker, said_row["text"], actor=_binder(asker))
        if "answer" in said_row:
            services.answer(question, said_row["answer"], actor=actor)
    rows.put_back(made, row.get("days_ago", 0))
    services.tick()


def _deadline(days: int) -> datetime:
    """17:00 in Asia/Shanghai of the first day after so many days that is no day off."""
    end = clock.end_of_day(clock.today() + timedelta(days))
    while is_working(clock.last_day(end)) is False or clock.last_day(end).weekday() >= 5:
        end += timedelta(1)
    return end - timedelta(hours=7)


def _binder(org: Organization) -> User:
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample tenders with their questions and changes."""
    return rows.remove_samples(), []
