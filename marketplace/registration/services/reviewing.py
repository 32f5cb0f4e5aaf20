"""The bureau's side of a filing until the pre-review is decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.workflow import Book
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.revisions import Rev, check
from marketplace.registration import events
from marketplace.registration.models import Filing
from marketplace.registration.rulebook.reasons import (
    REFUSE_REASONS,
    RETURN_REASONS,
    problems_of,
    return_text,
)
from marketplace.registration.services.preparing import hold
from marketplace.registration.services.writing import (
    checked_note,
    decision_end,
    locked,
    note_decision,
    save,
)
from marketplace.registration.workflow import FILING

#: Reasons of one return.
MOST_REASONS = 20
_PROBLEMS = {
    "none": _("请至少选择一项退回理由"),
    "unknown": _("退回理由不在清单中"),
    "text": _("选择“其他”时请写明说明"),
}


@transaction.atomic
def return_for_correction(
    filing: Filing,
    reasons: Sequence[Mapping[str, Any]],
    *,
    note: str = "",
    actor: Any,
    rev: Rev = None,
) -> Filing:
    """Send the filing back. `reasons` are rows of code, text and field (an anchor of the form).

    Raises Forbidden, Refused, Stale; InvalidInput at `reasons` or `note`.
    """
    filing = locked(filing)
    FILING.fire("return", filing, actor)
    check(filing.rev, rev, filing)
    note = checked_note(note)
    if problem := problems_of(reasons):
        raise InvalidInput({"reasons": [_PROBLEMS[problem]]})
    if len(reasons) > MOST_REASONS:
        raise InvalidInput({"reasons": [_("退回理由最多 20 项")]})
    kept = [
        {
            "code": str(row["code"]),
            "field": str(row.get("field") or RETURN_REASONS[row["code"]][1])[:60],
            "text": checked_note(str(row.get("text") or ""), field="reasons")
            or str(return_text(row["code"])),
        }
        for row in reasons
    ]
    filing.return_reasons = kept
    filing.returned_at = clock.now()
    _clear(filing)
    save(filing)
    hold(filing, is_held=False)
    note_decision(filing, "return", actor, reasons=kept, note=note)
    publish(
        events.FilingReturned(
            subject_id=filing.pk,
            codes=[row["code"] for row in kept],
            fields=sorted({row["field"] for row in kept if row["field"]}),
        ),
        actor=actor,
    )
    return filing


def _clear(filing: Filing) -> None:
    """Forget the reviews of what was sent back; the rows of Decision keep them."""
    filing.accepted_at = filing.accepted_by = filing.due_at = filing.intake_due_at = None
    filing.first_at = filing.first_by = filing.second_at = filing.second_by = None


@transaction.atomic
def accept(filing: Filing, *, actor: Any, rev: Rev = None) -> Filing:
    """Accept the papers as complete: the period for the decision runs.

    Corrected papers are accepted as of the day on which they arrived, others as of now.
    Raises Forbidden, Refused (also when holidays of a year are not known), Stale.
    """
    filing = locked(filing)
    FILING.fire("accept", filing, actor)
    check(filing.rev, rev, filing)
    corrected = filing.rounds > 1 and filing.returned_at is not None
    filing.accepted_at = filing.submitted_at if corrected else clock.now()
    filing.accepted_by = actor
    filing.due_at = decision_end(
        filing.accepted_at or clock.now(),
        is_large=filing.is_large,
        is_sample=filing.book == Book.SAMPLE,
    )
    filing.intake_due_at = None
    filing.return_reasons = []
    save(filing)
    note_decision(filing, "accept", actor)
    publish(events.FilingAccepted(subject_id=filing.pk), actor=actor)
    return filing


@transaction.atomic
def pass_first(filing: Filing, *, note: str = "", actor: Any, rev: Rev = None) -> Filing:
    """Pass the first review. Raises Forbidden, Refused, Stale."""
    filing = locked(filing)
    FILING.fire("pass_first", filing, actor)
    check(filing.rev, rev, filing)
    filing.first_by, filing.first_at = actor, clock.now()
    return _reviewed(filing, "first", checked_note(note), actor)


@transaction.atomic
def pass_second(filing: Filing, *, note: str = "", actor: Any, rev: Rev = None) -> Filing:
    """Pass the second review, as another person. Raises Forbidden, Refused, Stale."""
    filing = locked(filing)
    FILING.fire("pass_second", filing, actor)
    check(filing.rev, rev, filing)
    filing.second_by, filing.second_at = actor, clock.now()
    return _reviewed(filing, "second", checked_note(note), actor)


def _reviewed(filing: Filing, stage: str, note: str, actor: Any) -> Filing:
    save(filing)
    note_decision(filing, f"pass_{stage}", actor, note=note)
    publish(events.FilingReviewed(subject_id=filing.pk, stage=stage), actor=actor)
    return filing


@transaction.atomic
def approve(filing: Filing, *, note: str = "", actor: Any, rev: Rev = None) -> Filing:
    """Conclude the pre-review: the seller files in the national system. Raises Forbidden, Refused, Stale."""
    return _conclude(filing, "approve", events.FilingApproved, note, actor, rev)


@transaction.atomic
def forward(filing: Filing, *, note: str = "", actor: Any, rev: Rev = None) -> Filing:
    """Hand the filing to the province (转省办理). Raises Forbidden, Refused, Stale."""
    return _conclude(filing, "forward", events.FilingForwarded, note, actor, rev)


def _conclude(filing: Filing, move: str, event: Any, note: str, actor: Any, rev: Rev) -> Filing:
    filing = locked(filing)
    FILING.fire(move, filing, actor)
    check(filing.rev, rev, filing)
    filing.decided_at = clock.now()
    save(filing)
    note_decision(filing, move, actor, note=checked_note(note))
    publish(event(subject_id=filing.pk), actor=actor)
    return filing


@transaction.atomic
def refuse(
    filing: Filing, codes: Sequence[str], *, note: str = "", actor: Any, rev: Rev = None
) -> Filing:
    """Refuse the recognition, with reasons of the list. Raises Forbidden, Refused, Stale, InvalidInput."""
    filing = locked(filing)
    FILING.fire("refuse", filing, actor)
    check(filing.rev, rev, filing)
    if not codes:
        raise InvalidInput({"codes": [_("请至少选择一项理由")]})
    if any(code not in REFUSE_REASONS for code in codes):
        raise InvalidInput({"codes": [_("理由不在清单中")]})
    needed = _("选择“其他”时请写明说明") if "other" in codes else ""
    note = checked_note(note, needed=needed)
    filing.decided_at = clock.now()
    filing.return_reasons = [
        {"code": code, "field": "", "text": str(REFUSE_REASONS[code])} for code in codes
    ]
    _clear(filing)
    save(filing)
    note_decision(filing, "refuse", actor, reasons=filing.return_reasons, note=note)
    publish(events.FilingRefused(subject_id=filing.pk, codes=list(codes)), actor=actor)
    return filing
