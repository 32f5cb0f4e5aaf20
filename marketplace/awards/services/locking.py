"""One order of locks: the publicities of all results of a lot, the tender, the result, the award.

Whoever publishes, awards, signs, or chooses another way takes the first of these and then asks `queries.blocking`;
whoever objects takes it too. So an objection is either seen, or comes too late.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.awards import queries
from marketplace.awards.models import Award, Result
from marketplace.exclusions import queries as exclusions
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotVisible, Refused
from marketplace.openings.services import hold as hold_of_opening
from marketplace.publicity.services import lock_subject
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender

_HELD = _("对结果的异议或投诉还没有处理完，不能终止")


@dataclass
class Held:
    """What a service works on, all of it locked. `award` is the candidate or winner, if one is left."""

    result: Result
    award: Award | None
    tender: Tender
    lot: Lot
    now: datetime
    #: Why nothing is decided now for an objection to the opening, or "".
    contested: object = ""


def lock_lot(lot_id: int) -> None:
    """Lock the publicities of every result of a lot until the end of the transaction; in the order of keys."""
    for pk in Result.objects.filter(lot_id=lot_id).order_by("pk").values_list("pk", flat=True):
        lock_subject(queries.RESULT_KIND, pk)


def lock_windows(lot_id: int, tender: Tender) -> object:
    """Lock the publicities of a lot, then the window of its opening; why an objection to that one holds, or ""."""
    lock_lot(lot_id)
    return hold_of_opening(tender)


def hold(tender: Tender) -> object:
    """Why a tender cannot be cancelled now: an objection to one of its results is not settled.

    Called before the tender is locked.
    """
    lots = list(Lot.objects.filter(tender=tender).order_by("pk").values_list("pk", flat=True))
    for pk in lots:
        lock_lot(pk)
    return _HELD if any(queries.blocking(pk) for pk in lots) else ""


def locked(result: Result) -> Held:
    """The result as it is now with everything around it, under the locks. Raises NotVisible when it was deleted."""
    contested = lock_windows(result.lot_id, result.tender)
    tender, now = tenders.up_to_date(result.tender)
    lot = tenders.lot_of(tender, result.lot_id)
    found = Result.objects.select_for_update(of=("self",)).filter(pk=result.pk).first()
    if found is None:
        raise NotVisible
    found.tender, found.lot = tender, lot
    rows = Award.objects.select_for_update(of=("self",)).select_related(
        "entry__organization", "entry__bid", "publicity"
    )
    award = rows.filter(result=found, ended_at__isnull=True).first()
    if award is not None:
        award.result = award.entry.result = found
    return Held(found, award, tender, lot, now, contested)


def save(row: Any) -> None:
    """Save the row as a new version."""
    row.rev += 1
    if hasattr(row, "updated_at"):
        row.updated_at = clock.now()
    row.save()


def refuse_excluded(held: Held, award: Award) -> None:
    """Raises Refused, with number, body, scope and term, where a decision forbids to choose the candidate now."""
    if reason := exclusions.refusal(queries.exclusions_of(award, held.now)):
        raise Refused(
            _("%(reason)s 请改由下一名候选，没有下一名的重新评审或宣布流标。") % {"reason": reason}
        )


def given(text: str, *, at: str, most: int, needed: object) -> str:
    """A text that must be there. Raises InvalidInput at `at`."""
    found = text.strip()
    if not found:
        raise InvalidInput({at: [needed]})
    return fitting(found, at=at, most=most)


def fitting(text: str, *, at: str, most: int) -> str:
    """A text that may be missing. Raises InvalidInput at `at` where it is too long."""
    found = text.strip()
    if len(found) > most:
        reason: Any = _("最多 %(most)d 个字") % {"most": most}
        raise InvalidInput({at: [reason]})
    return found
