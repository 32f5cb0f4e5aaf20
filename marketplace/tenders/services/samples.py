"""Sample tenders made as people make them, put into the past, and removed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from marketplace.custody.models import Custodian
from marketplace.custody.services.samples import answer_sample_rehearsals
from marketplace.files.services import erase_sample_files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author
from marketplace.taxonomy.queries import is_working
from marketplace.tenders import events
from marketplace.tenders.models import (
    TENDER_FILES,
    Amendment,
    Answer,
    Cancellation,
    Question,
    Tender,
)
from marketplace.tenders.queries import windows_of
from marketplace.tenders.rulebook import USUAL_HOUR, Sealing
from marketplace.tenders.services import drafts, publication

#: Who publishes sample tenders; without this account none is published.
OPERATOR = "operator@sample.example"

_SATURDAY = 5
_INSTANTS = (
    "starts_at",
    "deadline",
    "first_deadline",
    "questions_until",
    "answers_until",
    "results_until",
    "submitted_at",
    "published_at",
    "next_check",
    "created_at",
    "updated_at",
)


def free_need(owner: Organization, title: str) -> Need | None:
    """The published sample need of this title, where no tender stands on it yet."""
    need = Need.objects.filter(owner=owner, title=title, is_sample=True).first()
    if need is None or not need.is_open or Tender.objects.filter(need=need).exists():
        return None
    return need


def binder_of(org: Organization) -> User:
    """Who binds a sample organisation."""
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def draft_sample(row: Mapping[str, Any], need: Need, keepers: Sequence[Custodian] = ()) -> Tender:
    """A complete draft about a sample need; its bids are sealed where there are `keepers`."""
    actor = binder_of(need.owner)
    made = drafts.draft_tender(need, drafts.Beginning(row["procedure"], True), actor=actor)
    said = drafts.Content(
        title=made.title,
        summary=made.summary,
        content=made.content,
        conditions=made.conditions,
        ip_terms=made.ip_terms,
        **{"has_lead": made.has_lead, **row["content"]},
    )
    made = drafts.edit_content(made, said, actor=actor)
    how = Sealing.SEALED if keepers else Sealing.ACCESS
    made = drafts.edit_keys(made, sealing=how, custodians=keepers, actor=actor)
    return drafts.edit_schedule(made, deadline=_deadline(row.get("open_days", 20)), actor=actor)


def publish_sample(
    row: Mapping[str, Any], need: Need, operator: User, keepers: Sequence[Custodian] = ()
) -> Tender:
    """A sample tender that takes bids."""
    made = draft_sample(row, need, keepers)
    made = publication.submit_tender(made, actor=binder_of(need.owner))
    answer_sample_rehearsals(keepers)
    return publication.publish_tender(made, actor=operator)


def _deadline(days: int) -> datetime:
    """17:00 in Asia/Shanghai of the first day after so many days that is no day off.

    In a year whose holidays are not known, samples take Monday to Friday: they oblige nobody.
    """
    return working_hour(clock.today() + timedelta(days), USUAL_HOUR)


def working_hour(day: date, hour: int, *, step: int = 1) -> datetime:
    """An hour in Asia/Shanghai of the first working day from `day` on, of the last one up to it with `step` -1; UTC."""
    while is_working(day) is False or day.weekday() >= _SATURDAY:
        day += timedelta(step)
    return clock.end_of_day(day) - timedelta(hours=24 - hour)


def put_back(tender: Tender, days: int) -> None:
    """Let a sample tender have been published at least so many days ago; its deadline stays on a working day."""
    if tender.deadline is not None and days:
        end = clock.last_day(tender.deadline) - timedelta(days)
        _move(tender, tender.deadline - working_hour(end, USUAL_HOUR, step=-1))


@transaction.atomic
def bring_to_deadline(tender: Tender, days_ago: int = 0) -> Tender:
    """Let the deadline of a sample tender be the last one that was possible, or that was so many days ago.

    It closes by the next move of the clock.
    """
    row = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk, is_sample=True)
    if row.deadline is not None:
        past = clock.database_now() - timedelta(days_ago, hours=USUAL_HOUR)
        _move(row, row.deadline - working_hour(clock.day_of(past), USUAL_HOUR, step=-1))
        row.refresh_from_db()
    return row


def _move(tender: Tender, by: timedelta) -> None:
    """Move everything that was announced or asked earlier."""
    Tender.objects.filter(pk=tender.pk, is_sample=True).update(
        **{name: F(name) - by for name in _INSTANTS}
    )
    # The window of objections moves with its tender: it ends before the deadline.
    windows = windows_of(tender).filter(is_sample=True)
    windows.update(**{name: F(name) - by for name in ("starts_at", "ends_at", "first_ends_at")})
    questions = Question.objects.filter(tender=tender, tender__is_sample=True)
    questions.update(asked_at=F("asked_at") - by)
    questions.exclude(answered_at=None).update(answered_at=F("answered_at") - by)
    Answer.objects.filter(question__in=questions).update(answered_at=F("answered_at") - by)


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample tenders with everything about them; how many of each."""
    rows = Tender.objects.filter(is_sample=True)
    erase_sample_files(TENDER_FILES, list(rows.values_list("pk", flat=True)))
    Answer.objects.filter(question__tender__in=rows).delete()
    questions = Question.objects.filter(tender__in=rows).delete()[0]
    Amendment.objects.filter(tender__in=rows).delete()
    Cancellation.objects.filter(tender__in=rows).delete()
    codes = list(rows.values_list("code", flat=True))
    rows.delete()
    if codes:
        publish(events.TenderSamplesRemoved(subject_id=0, codes=codes), actor=None)
    return {"tender questions": questions, "tenders": len(codes)}
