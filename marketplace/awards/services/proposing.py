"""The panel's verdicts become the result of a lot, with the first of the ranking as its candidate."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.awards import events, queries
from marketplace.awards.models import Award, Entry, Result
from marketplace.awards.rulebook import MOST_REASONS, Basis, Verdict, against_verdicts
from marketplace.awards.services.locking import lock_windows
from marketplace.awards.workflow import LIVE
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.openings.queries import kin_in, opened_in
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot


@transaction.atomic
def propose_result(
    lot: Lot, verdicts: Sequence[Verdict], *, basis: Basis, actor: Actor | None
) -> Result:
    """Make the result of a lot from one verdict for each opened bid.

    The slice of the evaluation calls it and has checked who may. Where no bid is valid there is no candidate, and
    the purchaser declares the lot failed. Raises Refused while the lot has a live result, is in another stage, or an objection to the opening waits,
    InvalidInput at `verdicts`.
    """
    contested = lock_windows(lot.pk, lot.tender)
    tender, now = tenders.up_to_date(lot.tender)
    lot = tenders.lot_of(tender, lot.pk)
    if Result.objects.filter(lot=lot, status__in=sorted(LIVE)).exists():
        raise Refused(_("这个标段已经有结果"))
    if contested:
        raise Refused(contested)
    opened = {row.bid_id: row for row in opened_in(lot)}
    if reason := against_verdicts(verdicts, opened):
        raise InvalidInput({"verdicts": [reason]})
    if tender.ruled_by.bars_kin:
        _refuse_kin(lot, {one.bid.pk for one in verdicts if one.is_valid})
    result = Result(
        tender=tender,
        lot=lot,
        round=Result.objects.filter(lot=lot).count() + 1,
        panel=basis.panel,
        report_hash=basis.report_hash,
        proposed_by_id=actor.pk if actor is not None else None,
        contact=tender.contact,
        is_sample=tender.is_sample,
    )
    insert(result)
    Entry.objects.bulk_create(
        Entry(
            result=result,
            bid_id=one.bid.pk,
            organization_id=opened[one.bid.pk].bid.organization_id,
            is_valid=one.is_valid,
            rank=one.rank,
            total=one.total,
            price=opened[one.bid.pk].price,
            reasons=one.reasons.strip()[:MOST_REASONS],
            detail=one.detail.strip()[:MOST_REASONS],
        )
        for one in verdicts
    )
    begin_candidate(result)
    tenders.propose_lot(tender, lot, at=now, because=result)
    publish(events.ResultProposed(subject_id=result.pk), actor=actor)
    return result


def _refuse_kin(lot: Lot, valid: set[int]) -> None:
    """Bidders who belong together are all rejected (条例第三十四条). Raises Refused while one of them is valid."""
    for one, other, why, sure in kin_in(lot):
        if sure and valid & {one.bid_id, other.bid_id}:
            names = {"one": one.bid.organization.name, "other": other.bid.organization.name}
            reason = _("%(one)s 与 %(other)s：%(why)s。按条例第三十四条，相关投标均无效，请先否决")
            raise Refused(reason % (names | {"why": why}))


def begin_candidate(result: Result) -> Award | None:
    """Let the next of the ranking be the candidate; None where nobody is left. The result is locked."""
    entry = queries.next_entry(result)
    if entry is None:
        return None
    award = Award(
        result=result, lot_id=result.lot_id, entry=entry, number=result.awards.count() + 1
    )
    award.save(force_insert=True)
    return award
