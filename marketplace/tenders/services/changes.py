"""Amendments after the publication: proposed by the purchaser, in force when the operator agrees."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import Custodian
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.taxonomy.queries import is_working
from marketplace.tenders import events, queries, rulebook
from marketplace.tenders.models import Amendment, Tender
from marketplace.tenders.rulebook import MOST_OPEN_DAYS, MOST_REASON, Procedure
from marketplace.tenders.services.drafts import TEXTS, against_keepers, set_keepers
from marketplace.tenders.services.locking import given, save, up_to_date
from marketplace.tenders.services.publication import ask_rehearsals, freeze_keys
from marketplace.tenders.services.timing import next_check
from marketplace.tenders.workflow import AMENDMENT, OPEN

#: Texts that may be changed after the publication; the title, the lots and the weights may not.
AMENDABLE = tuple(name for name in TEXTS if name != "title")
#: What was published with these keeps something in them.
_NEEDED = frozenset({"summary", "content", "contact"})
#: A change of these concerns nobody's bid.
COSMETIC = frozenset({"contact", "deadline"})


@transaction.atomic
def propose_amendment(
    tender: Tender,
    texts: Mapping[str, str],
    *,
    reason: str,
    deadline: datetime | None = None,
    custodians: Sequence[Custodian] | None = None,
    actor: Actor,
    rev: Rev = None,
) -> Amendment:
    """Ask for a change of what was published. `custodians` are all of them, where one of them changes.

    Raises Forbidden, Refused where one waits already or the deadline has passed, Stale, InvalidInput at the fields.
    """
    tender, now = up_to_date(tender)
    if not actor.has_perm("tenders.bind_tender", tender):
        raise Forbidden
    if tender.status not in OPEN:
        raise Refused(_("已截止或终止，不能再变更"))
    if queries.proposed(tender) is not None:
        raise Refused(_("还有一项变更在等待审核"))
    check(tender.rev, rev, tender)
    changes = _changes(tender, texts, deadline, custodians, now)
    said = given(reason, at="reason", most=MOST_REASON, needed=_("请写明变更的原因"))
    if not changes:
        raise InvalidInput({"": [_("没有改动任何内容")]})
    row = Amendment(
        tender=tender,
        number=Amendment.objects.filter(tender=tender).count() + 1,
        reason=said,
        changes=changes,
        is_material=bool(set(changes) - COSMETIC),
        proposed_by_id=actor.pk,
        deadline_before=tender.deadline,
    )
    insert(row)
    if custodians is not None and "custodians" in changes:
        ask_rehearsals(tender, custodians)
    # The page of the tender shows what waits: whoever saw it without decides on nothing else by mistake.
    save(tender)
    publish(events.TenderChangeProposed(subject_id=tender.pk, amendment_id=row.pk), actor=actor)
    return row


def _changes(
    tender: Tender,
    texts: Mapping[str, str],
    deadline: datetime | None,
    custodians: Sequence[Custodian] | None,
    now: datetime,
) -> dict[str, list[Any]]:
    errors: dict[str, list[object]] = {}
    found: dict[str, list[Any]] = {}
    for name in AMENDABLE:
        after = texts.get(name, getattr(tender, name)).strip()
        if reason := _against_text(name, after):
            errors[name] = [reason]
        elif after != getattr(tender, name):
            found[name] = [getattr(tender, name), after]
    if deadline is not None and tender.deadline is not None and deadline != tender.deadline:
        if reason := _against_deadline(tender, deadline, now):
            errors["deadline"] = [reason]
        found["deadline"] = [tender.deadline.isoformat(), deadline.isoformat()]
    if custodians is not None and tender.is_sealed:
        before = [row.custodian.code for row in tender.keepers.select_related("custodian")]
        codes = [one.code for one in custodians]
        if codes != before:
            found["custodians"] = [before, codes]
            if reason := against_keepers(custodians, tender.threshold):
                errors["custodians"] = [reason]
    if errors:
        raise InvalidInput(errors)
    return found


def _against_text(name: str, after: str) -> Any:
    if len(after) > TEXTS[name]:
        return _("最多 %(most)d 个字") % {"most": TEXTS[name]}
    return _("不能清空") if not after and name in _NEEDED else ""


def _against_deadline(tender: Tender, deadline: datetime, now: datetime) -> Any:
    if tender.deadline is not None and deadline < tender.deadline:
        return _("截止时间只能推迟，不能提前")
    if deadline > now + timedelta(MOST_OPEN_DAYS):
        return _("截止时间最晚为公开后 %(days)d 日") % {"days": MOST_OPEN_DAYS}
    if is_working(clock.last_day(deadline)) is False:
        return _("截止日是休息日，请另选一天")
    return ""


@transaction.atomic
def approve_amendment(amendment: Amendment, *, actor: Actor, rev: Rev = None) -> Amendment:
    """Put a change into force: everybody reads it beside what it replaces; bids that answer to it become stale.

    Where less time is left than the procedure demands, the deadline moves later; it never moves earlier. `rev` is the
    tender's. Raises Forbidden, Refused, Stale.
    """
    amendment, tender, now = _locked(amendment)
    AMENDMENT.fire("approve", amendment, actor, at=now)
    check(tender.rev, rev, tender)
    if amendment.proposed_by_id == actor.pk:
        raise Forbidden(_("不能审核自己提出的变更"))
    keys_changed = _apply(tender, amendment, now)
    amendment.decided_by_id, amendment.decided_at = actor.pk, now
    amendment.deadline_after = tender.deadline
    save(amendment)
    save(tender)
    publish(
        events.TenderAmended(
            subject_id=tender.pk,
            amendment_id=amendment.pk,
            is_material=amendment.is_material,
            keys_changed=keys_changed,
            deadline=tender.deadline.isoformat() if tender.deadline else "",
        ),
        actor=actor,
    )
    return amendment


def _apply(tender: Tender, amendment: Amendment, now: datetime) -> bool:
    changes = amendment.changes
    for name in AMENDABLE:
        if name in changes:
            setattr(tender, name, changes[name][1])
    asked = datetime.fromisoformat(changes["deadline"][1]) if "deadline" in changes else None
    keys_changed = "custodians" in changes
    if keys_changed:
        set_keepers(tender, queries.custodians(changes["custodians"][1]))
        freeze_keys(tender, now)
        tender.keys_rev += 1
    if amendment.is_material:
        tender.terms_rev += 1
    _move_deadline(tender, _least(tender.ruled_by, amendment, now), asked)
    tender.terms_hash = queries.terms_hash(tender)
    return keys_changed


def _least(rule: Procedure, amendment: Amendment, now: datetime) -> datetime | None:
    """The earliest deadline that leaves the days that the procedure demands after a material change."""
    if not amendment.is_material:
        return None
    end = clock.end_of_day(clock.day_of(now) + timedelta(rule.amend_days))
    while is_working(clock.last_day(end)) is False:
        end += timedelta(1)
    return end


def _move_deadline(tender: Tender, *candidates: datetime | None) -> None:
    if tender.deadline is None:
        raise TypeError("what was published has a deadline")
    latest = max(at for at in (tender.deadline, *candidates) if at is not None)
    if latest == tender.deadline:
        return
    tender.deadline = latest
    moved = rulebook.calendar_of(tender.ruled_by, latest)
    for name in ("questions_until", "answers_until", "results_until"):
        before = getattr(tender, name)
        setattr(tender, name, max(at for at in (before, getattr(moved, name)) if at is not None))
    # With the later day on which answers are due, the questions are looked at again.
    tender.answers_checked_at = None
    tender.next_check = next_check(tender)


@transaction.atomic
def drop_amendment(
    amendment: Amendment, move: str, *, reason: str = "", actor: Actor, rev: Rev = None
) -> Amendment:
    """Refuse a change (with a reason), or withdraw the own one; `rev` is the tender's.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    amendment, tender, now = _locked(amendment)
    AMENDMENT.fire(move, amendment, actor, at=now)
    check(tender.rev, rev, tender)
    if move == "refuse":
        if amendment.proposed_by_id == actor.pk:
            raise Forbidden(_("不能审核自己提出的变更"))
        amendment.decision = given(
            reason, at="reason", most=MOST_REASON, needed=_("请写明不通过的原因")
        )
    amendment.decided_by_id, amendment.decided_at = actor.pk, now
    save(amendment)
    save(tender)
    publish(
        events.TenderChangeDropped(subject_id=tender.pk, amendment_id=amendment.pk, move=move),
        actor=actor,
    )
    return amendment


def _locked(amendment: Amendment) -> tuple[Amendment, Tender, datetime]:
    tender, now = up_to_date(amendment.tender)
    found = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    found.tender = tender
    return found, tender, now
