"""Sample tenders in the past, and their removal."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from marketplace.files.services import erase_sample_files
from marketplace.journal.services import publish
from marketplace.kernel import clock
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

#: Instants of what was done, which a deadline that comes nearer leaves alone.
_WRITTEN = frozenset({"submitted_at", "published_at", "created_at", "updated_at"})


def put_back(tender: Tender, days: int) -> None:
    """Let a sample tender have been published so many days ago."""
    by = timedelta(days=days)
    Tender.objects.filter(pk=tender.pk, is_sample=True).update(
        **{name: F(name) - by for name in _INSTANTS}
    )
    _move_windows(tender, by)
    questions = Question.objects.filter(tender=tender, tender__is_sample=True)
    questions.update(asked_at=F("asked_at") - by)
    questions.exclude(answered_at=None).update(answered_at=F("answered_at") - by)
    Answer.objects.filter(question__in=questions).update(answered_at=F("answered_at") - by)


@transaction.atomic
def bring_to_deadline(tender: Tender) -> Tender:
    """Let the deadline of a sample tender be now; it closes by the next move of the clock."""
    row = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk, is_sample=True)
    if row.deadline is not None:
        by = row.deadline - clock.database_now()
        Tender.objects.filter(pk=row.pk).update(
            **{name: F(name) - by for name in _INSTANTS if name not in _WRITTEN}
        )
        _move_windows(row, by)
        row.refresh_from_db()
    return row


def _move_windows(tender: Tender, by: timedelta) -> None:
    """The window of objections moves with its tender: it ends before the deadline."""
    windows = windows_of(tender).filter(is_sample=True)
    windows.update(**{name: F(name) - by for name in ("starts_at", "ends_at", "first_ends_at")})


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
