"""Intents: proposed and accepted by those who bind an organisation, countered, declined, withdrawn."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, rulebook
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.services.sealed_copies import kept, received
from marketplace.enquiries.services.turns import stop_clock
from marketplace.enquiries.services.writing import check_own_words
from marketplace.enquiries.workflow import ENQUIRY, INTENT, Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.money import MAX_FEN
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.policies import access_of
from marketplace.taxonomy.queries import is_valid


@transaction.atomic
def propose_intent(
    enquiry: Enquiry,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    counter_to: Intent | None = None,
    rev: Rev = None,
    names_checked: bool = False,
) -> Intent:
    """Propose an intent for the own side, or another in place of `counter_to`, whose `rev` was seen.

    `values`: `contract_kind`, `subject`, `amount_fen`, `milestones` (rows of what, due, share),
    `checks` (code -> {"answer", "note"}), `pricing_mode`, `publicity_from`, `publicity_until`.
    Raises Forbidden for who does not bind a side, Refused for a visitor's or a closed enquiry and
    while another proposal is open, InvalidInput (at `names_checked` where a text names a hidden owner),
    Stale.
    """
    enquiry = _locked_enquiry(enquiry.pk)
    if not actor.has_perm("enquiries.bind_enquiry", enquiry):
        raise Forbidden(_("意向由单位审核人或单位管理员在线确认；您可以先与他们商量"))
    if enquiry.asker_id is None:
        raise Refused(_("对方是未注册访客。请对方先注册并加入单位，咨询会转入该单位，再达成意向"))
    if enquiry.status == Status.CLOSED:
        raise Refused(_("这条咨询已结束，请先重新开启"))
    earlier = None
    if counter_to is not None:
        earlier = _locked(counter_to.pk)
        INTENT.fire("supersede", earlier, actor)
        check(earlier.rev, rev, earlier)
        _decide(earlier, actor)
    cleaned = _clean(values)
    check_own_words(enquiry, _texts_of(cleaned), actor=actor, names_checked=names_checked)
    intent = Intent(
        enquiry=enquiry,
        side=_side_that_binds(actor, enquiry),
        proposed_by_id=actor.pk,
        supersedes=earlier,
        contract_kind=cleaned["contract_kind"],
        subject=cleaned["subject"],
        amount_fen=cleaned["amount_fen"],
        milestones=cleaned["milestones"],
        checks=cleaned["checks"],
        pricing_mode=cleaned["pricing_mode"],
        publicity_from=cleaned["publicity_from"],
        publicity_until=cleaned["publicity_until"],
    )
    shown = rulebook.statement_on(clock.today())
    intent.statement_version = shown.version
    intent.statement, intent.statement_sha256 = shown.chinese, shown.sha256
    try:
        with transaction.atomic():
            insert(intent)
    except IntegrityError:
        raise Refused(_("已有一份意向等待确认，请在它的页面上确认、不接受或提出修改方案")) from None
    publish(_event(events.IntentProposed, intent, side=intent.side), actor=actor)
    return intent


def accept_intent(
    intent: Intent,
    *,
    actor: Actor,
    rev: Rev = None,
    scan: "UploadedFile[Any] | None" = None,
) -> Intent:
    """Confirm for the other side: another person than the one who proposed (民法典第一百六十八条).

    On line, or by a sealed copy (`scan`, a PDF). Raises Forbidden, Refused, Stale, InvalidInput at `scan`.
    """
    _check_two_people(intent, actor)
    file = received(intent, "accept", scan, actor=actor) if scan is not None else None
    with transaction.atomic():
        enquiry = _locked_enquiry(intent.enquiry_id)
        intent = _locked(intent.pk)
        _check_two_people(intent, actor)
        INTENT.fire("accept", intent, actor)
        if enquiry.status == Status.CLOSED:
            raise Refused(_("这条咨询已结束，请先重新开启"))
        check(intent.rev, rev, intent)
        if file is not None:
            intent.accepted_sha256 = kept(file, intent, actor=actor)
        _decide(intent, actor)
        publish(_event(events.IntentAgreed, intent, sha256=intent.accepted_sha256), actor=actor)
    return intent


def seal_intent(
    intent: Intent, *, scan: "UploadedFile[Any] | None", actor: Actor, rev: Rev = None
) -> Intent:
    """Confirm the own proposal by a sealed copy (a PDF), once and while it is open.

    Raises Forbidden, Refused, Stale, InvalidInput at `scan`.
    """
    file = received(intent, "seal", scan, actor=actor)
    with transaction.atomic():
        intent = _locked(intent.pk)
        INTENT.fire("seal", intent, actor)
        check(intent.rev, rev, intent)
        intent.proposed_sha256 = kept(file, intent, actor=actor)
        intent.rev += 1
        intent.updated_at = clock.now()
        intent.save()
        sealed = {"side": intent.side, "sha256": intent.proposed_sha256}
        publish(_event(events.IntentSealed, intent, **sealed), actor=actor)
    return intent


@transaction.atomic
def decline_intent(
    intent: Intent,
    *,
    reason: str,
    actor: Actor,
    note: str = "",
    rev: Rev = None,
    names_checked: bool = False,
) -> Intent:
    """Decline with a reason (a code of `closing_reason`). Raises Forbidden, InvalidInput, Refused, Stale."""
    intent = _locked(intent.pk)
    _check_two_people(intent, actor)
    INTENT.fire("decline", intent, actor)
    check(intent.rev, rev, intent)
    if not is_valid("closing_reason", reason):
        raise InvalidInput({"reason": [_("请选择原因")]})
    check_own_words(intent.enquiry, [note], actor=actor, names_checked=names_checked)
    intent.reason = f"{reason} {note.strip()}".strip()[:500]
    _decide(intent, actor)
    publish(_event(events.IntentEnded, intent, because="decline"), actor=actor)
    return intent


@transaction.atomic
def withdraw_intent(intent: Intent, *, actor: Actor, rev: Rev = None) -> Intent:
    """Take the own proposal back while it is open. Raises Forbidden, Refused, Stale."""
    intent = _locked(intent.pk)
    INTENT.fire("withdraw", intent, actor)
    check(intent.rev, rev, intent)
    _decide(intent, actor)
    publish(_event(events.IntentEnded, intent, because="withdraw"), actor=actor)
    return intent


@transaction.atomic
def agree_enquiry(enquiry_id: int, *, because: Event) -> bool:
    """Both sides confirmed an intent: the enquiry is agreed. False where it has moved on meanwhile."""
    enquiry = _locked_enquiry(enquiry_id)
    if ENQUIRY.refusal("agree", enquiry, None):
        return False
    ENQUIRY.fire("agree", enquiry, None, because=because)
    stop_clock(enquiry)
    enquiry.rev += 1
    enquiry.updated_at = clock.now()
    enquiry.save()
    return True


def _check_two_people(intent: Intent, actor: Actor) -> None:
    """Raise Refused for a person who proposed for one organisation and binds the other too."""
    side = rulebook.other_side(intent.side)
    other = intent.enquiry.owner_id if side == OWNER else intent.enquiry.asker_id
    if intent.proposed_by_id == actor.pk and access_of(actor).binds(other):
        raise Refused(_("这份意向由您提出。请由另一位审核人或单位管理员代表对方单位答复"))


def _texts_of(cleaned: Mapping[str, Any]) -> list[str]:
    """What a proposal says in words of its author."""
    return [
        cleaned["subject"],
        *(row["what"] for row in cleaned["milestones"]),
        *(row["note"] for row in cleaned["checks"].values()),
    ]


def _locked_enquiry(pk: int) -> Enquiry:
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("owner", "asker")
    return rows.get(pk=pk)


def _locked(pk: int) -> Intent:
    rows = Intent.objects.select_for_update(of=("self",))
    return rows.select_related("enquiry__owner", "enquiry__asker").get(pk=pk)


def _decide(intent: Intent, actor: Actor) -> None:
    intent.decided_by_id, intent.decided_at = actor.pk, clock.now()
    intent.rev += 1
    intent.updated_at = intent.decided_at
    intent.save()


def _side_that_binds(actor: Actor, enquiry: Enquiry) -> str:
    """The side that the person binds; the owner's for one who binds both."""
    return OWNER if access_of(actor).binds(enquiry.owner_id) else ASKER


def _event(kind: Any, intent: Intent, **more: Any) -> Event:
    enquiry = intent.enquiry
    made: Event = kind(
        subject_id=enquiry.pk,
        enquiry_code=enquiry.code,
        intent_code=intent.code,
        kind=enquiry.kind,
        listing_id=enquiry.listing_id,
        listing_code=enquiry.listing_code,
        owner_id=enquiry.owner_id,
        asker_id=enquiry.asker_id,
        contract_kind=intent.contract_kind,
        amount_fen=intent.amount_fen,
        **more,
    )
    return made


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a proposal. Raises InvalidInput at each field that is wrong."""
    subject = str(values.get("subject") or "").strip()
    mode = str(values.get("pricing_mode") or "")
    rows = list(values.get("milestones") or [])
    checks, unanswered = _checks(values.get("checks") or {})
    errors = {
        "contract_kind": ""
        if is_valid("contract_kind", str(values.get("contract_kind") or ""))
        else _("请选择合同类别"),
        "subject": _wrong_subject(subject),
        "amount_fen": _wrong_amount(values.get("amount_fen")),
        "pricing_mode": _("请从列表中选择") if mode and not is_valid("pricing", mode) else "",
        "publicity_until": _wrong_publicity(values),
        "checks": _("请逐项核对后再提出") if unanswered else "",
    }
    found = {name: [error] for name, error in errors.items() if error}
    if len(rows) > rulebook.MAX_MILESTONES:
        found["milestones"] = [_("最多 %(most)d 个节点") % {"most": rulebook.MAX_MILESTONES}]
    elif wrong := rulebook.milestone_errors(rows, clock.today()):
        found["milestones"] = wrong
    if found:
        raise InvalidInput(found)
    return {
        "contract_kind": values["contract_kind"],
        "subject": subject,
        "amount_fen": values.get("amount_fen"),
        "milestones": [_plain(row) for row in rows],
        "checks": checks,
        "pricing_mode": mode,
        "publicity_from": values.get("publicity_from"),
        "publicity_until": values.get("publicity_until"),
    }


def _wrong_subject(subject: str) -> object:
    if not subject:
        return _("请填写标的")
    too_long = _("最多 %(most)d 个字") % {"most": rulebook.MAX_SUBJECT}
    return too_long if len(subject) > rulebook.MAX_SUBJECT else ""


def _wrong_amount(amount: int | None) -> object:
    return "" if amount is None or 0 <= amount <= MAX_FEN else _("金额超出可登记的范围")


def _wrong_publicity(values: Mapping[str, Any]) -> object:
    begins, ends = values.get("publicity_from"), values.get("publicity_until")
    if begins is None or ends is None or ends > begins:
        return ""
    return _("公示结束日期应晚于开始日期")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    due: date | None = row.get("due")
    return {
        "what": str(row.get("what") or "").strip()[:200],
        "due": due.isoformat() if due else "",
        "share": row.get("share"),
    }


def _checks(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The answers to the check list, and the codes of those that are missing."""
    known = {code for code, _label in rulebook.CHECK_ANSWERS}
    cleaned = {
        code: {
            "answer": given.get(code, {}).get("answer", ""),
            "note": str(given.get(code, {}).get("note") or "").strip()[:200],
        }
        for code in rulebook.CHECKS
    }
    return cleaned, [code for code, row in cleaned.items() if row["answer"] not in known]
