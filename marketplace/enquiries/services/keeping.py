"""How long records are kept: the table, what is held back, and the job that erases what is over.

A slice above registers a purger for its kinds of record. A purger gets the day before which the
period began, and the keys that are held; it erases at most `AT_ONCE` records and returns how many.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events
from marketplace.enquiries.models import (
    Enquiry,
    Hold,
    Intent,
    LoggedContact,
    Message,
    Note,
    RecordKind,
    Step,
)
from marketplace.enquiries.models.intents import INTENT_FILES
from marketplace.enquiries.models.messages import SUBJECT
from marketplace.enquiries.rulebook import ERASING
from marketplace.enquiries.services.turns import stop_clock
from marketplace.enquiries.services.visitors import tell_visitor_of_erasing
from marketplace.enquiries.workflow import ENQUIRY as FLOW
from marketplace.enquiries.workflow import IntentStatus, Status
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable

AT_ONCE = 200
ENQUIRY = "enquiries.enquiry"
#: The closing reason of an enquiry that nobody has closed with one: the code of "另有原因".
QUIET = "other"

#: (instant before which the period began) -> how many records were erased.
Purger = Callable[[datetime], int]
_purgers: dict[str, Purger] = {}


def register_purger(code: str, purger: Purger) -> None:
    """Make the purger of a kind of record known; `code` is that of its `RecordKind`. Called at the start."""
    _purgers[code] = purger


def purgers() -> dict[str, Purger]:
    """Every purger by the code of its kind."""
    return dict(_purgers)


#: Gives a condition on enquiries, with `OuterRef("pk")`, that are kept whatever their own period says.
Keeper = Callable[[], Exists]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """A slice above keeps enquiries while what followed from them must be kept. Called at the start."""
    if keeper not in _keepers:
        _keepers.append(keeper)


#: code, label, English, ground, English, since, English, days, least days.
KINDS: tuple[tuple[str, str, str, str, str, str, str, int, int], ...] = (
    (
        "visitor_enquiry",
        "未注册访客的咨询",
        "Enquiry of a visitor without an account",
        "《个人信息保护法》第十九条：实现处理目的所必要的最短时间",
        "Personal Information Protection Law, art. 19: the shortest time that the purpose needs",
        "咨询结束之日",
        "the day on which the enquiry was closed",
        180,
        1,
    ),
    (
        "enquiry",
        "未达成意向的咨询",
        "Enquiry without an intent",
        "《民法典》第一百八十八条：诉讼时效三年",
        "Civil Code, art. 188: limitation period of three years",
        "咨询结束之日",
        "the day on which the enquiry was closed",
        3 * 365 + 1,
        180,
    ),
    (
        "enquiry_with_deal",
        "达成意向的咨询和意向",
        "Enquiry that led to an intent, and the intent",
        "《电子商务法》第三十一条：交易信息自交易完成之日起不少于三年",
        "E-Commerce Law, art. 31: not less than three years after the transaction",
        "咨询结束之日",
        "the day on which the enquiry was closed",
        5 * 365 + 1,
        3 * 365 + 1,
    ),
    (
        "logged_contact",
        "代单位登记的联系",
        "Contact logged for a firm",
        "《民法典》第一百八十八条：诉讼时效三年",
        "Civil Code, art. 188: limitation period of three years",
        "联系发生之日",
        "the day of the contact",
        3 * 365 + 1,
        180,
    ),
    (
        "refused_broker",
        "未通过的技术经纪人入库申请",
        "Refused application for the register of brokers",
        "《个人信息保护法》第十九条：实现处理目的所必要的最短时间",
        "Personal Information Protection Law, art. 19: the shortest time that the purpose needs",
        "退回申请之日",
        "the day on which the application was refused",
        183,
        30,
    ),
    (
        "introduction_note",
        "对接记录的说明和证据",
        "Note and evidence of an introduction",
        "《民法典》第一百八十八条：诉讼时效三年",
        "Civil Code, art. 188: limitation period of three years",
        "保护期届满之日",
        "the day on which the protection period ended",
        3 * 365 + 1,
        180,
    ),
    (
        "broker_feedback",
        "对技术经纪人的评价文字",
        "What a party wrote about a broker",
        "《个人信息保护法》第十九条：实现处理目的所必要的最短时间",
        "Personal Information Protection Law, art. 19: the shortest time that the purpose needs",
        "评价之日",
        "the day on which it was written",
        3 * 365 + 1,
        30,
    ),
    (
        "broker_request",
        "联系技术经纪人的留言",
        "Message to a broker",
        "《个人信息保护法》第十九条：实现处理目的所必要的最短时间",
        "Personal Information Protection Law, art. 19: the shortest time that the purpose needs",
        "留言之日",
        "the day on which it was written",
        180,
        30,
    ),
    (
        "visitor_quiet",
        "未注册访客无人往来的咨询（到期自动结束）",
        "Enquiry of a visitor in which nobody writes (closed when this is over)",
        "《个人信息保护法》第十九条：实现处理目的所必要的最短时间",
        "Personal Information Protection Law, art. 19: the shortest time that the purpose needs",
        "最后一次来往之日",
        "the day of the last message",
        180,
        30,
    ),
)


def seed_after_migrate(using: str = "default", **_signal: Any) -> None:
    """The `post_migrate` receiver: the kinds of record, once their table is there."""
    if using != "default":
        return
    table = RecordKind._meta.db_table  # noqa: SLF001 -- public by Django's documentation
    if table in connections[using].introspection.table_names():
        load_kinds()


def load_kinds() -> None:
    """Add the kinds that are lacking; what an operator has changed stays."""
    names = (
        *("code", "label", "label_en", "ground", "ground_en", "since", "since_en"),
        *("days", "least_days"),
    )
    rows = [
        RecordKind(order=order, **dict(zip(names, values, strict=True)))
        for order, values in enumerate(KINDS)
    ]
    RecordKind.objects.bulk_create(rows, ignore_conflicts=True)


# --- the operator -----------------------------------------------------------------------------
@transaction.atomic
def change_period(kind: RecordKind, *, days: int, actor: Actor, rev: Rev = None) -> RecordKind:
    """Change how long a kind is kept. Raises Forbidden, InvalidInput below the least that law asks for, Stale."""
    if not actor.has_perm("enquiries.edit_keeping"):
        raise Forbidden
    kind = RecordKind.objects.select_for_update().get(pk=kind.pk)
    check(kind.rev, rev, kind)
    if not kind.least_days <= days <= 36_500:
        wrong = _("应在 %(least)d 天至 36500 天之间") % {"least": kind.least_days}
        raise InvalidInput({"days": [wrong]})
    before, kind.days = kind.days, days
    kind.rev += 1
    kind.save()
    event = events.PeriodChanged(subject_id=kind.pk, code=kind.code, before=before, after=days)
    publish(event, actor=actor)
    return kind


@transaction.atomic
def hold_enquiry(enquiry: Enquiry, *, reason: str, actor: Actor | None) -> Hold:
    """Keep an enquiry beyond its period while it is disputed. `actor` None is a slice above.

    Raises Forbidden, InvalidInput without a reason, Refused where it is held already.
    """
    if actor is not None and not actor.has_perm("enquiries.edit_keeping"):
        raise Forbidden
    if not reason.strip():
        raise InvalidInput({"reason": [_("请填写原因")]})
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if _held(ENQUIRY).filter(subject_id=enquiry.pk).exists():
        raise Refused(_("已经暂缓清除"))
    hold = Hold.objects.create(
        subject_kind=ENQUIRY,
        subject_id=enquiry.pk,
        reason=reason.strip()[:500],
        set_by_id=None if actor is None else actor.pk,
    )
    event = events.RecordHeld(
        subject_id=hold.pk, kept_kind=ENQUIRY, kept_id=enquiry.pk, lifted=False
    )
    publish(event, actor=actor)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, actor: Actor | None) -> Hold:
    """The record is erased when its period is over again. Raises Forbidden, Refused."""
    if actor is not None and not actor.has_perm("enquiries.edit_keeping"):
        raise Forbidden
    hold = Hold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is not None:
        raise Refused(_("已经解除"))
    hold.lifted_at = clock.now()
    hold.lifted_by_id = None if actor is None else actor.pk
    hold.save()
    event = events.RecordHeld(
        subject_id=hold.pk, kept_kind=hold.subject_kind, kept_id=hold.subject_id, lifted=True
    )
    publish(event, actor=actor)
    return hold


@transaction.atomic
def hold_for_dispute(enquiry_id: int, reason: str) -> None:
    """A slice above keeps an enquiry for this reason; "" says that there is none any more.

    What an operator holds stays held, and is no concern of the slice.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry_id)
    hold = _held(ENQUIRY).filter(subject_id=enquiry.pk).first()
    if reason and hold is None:
        hold_enquiry(enquiry, reason=reason, actor=None)
    elif not reason and hold is not None and hold.set_by_id is None:
        lift_hold(hold, actor=None)


def _held(kind: str) -> Any:
    return Hold.objects.filter(subject_kind=kind, lifted_at=None)


# --- the job ----------------------------------------------------------------------------------
def purge_records() -> dict[str, int]:
    """Erase what is over, kind by kind; the number by code of those where something was erased."""
    return {
        kind.code: count
        for kind in RecordKind.objects.order_by("order")
        if kind.code in _purgers and (count := _purge(kind))
    }


@transaction.atomic
def _purge(kind: RecordKind) -> int:
    count = _purgers[kind.code](clock.now() - timedelta(days=kind.days))
    if count:
        kind.purged_at, kind.purged = clock.now(), kind.purged + count
        kind.save(update_fields=["purged_at", "purged"])
        publish(events.RecordsPurged(subject_id=kind.pk, code=kind.code, count=count), actor=None)
    return count


def _over(before: datetime) -> Any:
    """Closed enquiries whose period is over, not held and not erased yet."""
    held = _held(ENQUIRY).filter(subject_id=OuterRef("pk"))
    rows = Enquiry.objects.filter(closed_at__lt=before, erased_at=None)
    for keeper in _keepers:
        rows = rows.filter(~keeper())
    return rows.filter(~Exists(held)).order_by("pk")


def _with_deal() -> Exists:
    agreed = Intent.objects.filter(enquiry=OuterRef("pk"), status=IntentStatus.ACCEPTED)
    return Exists(agreed)


def _purge_visitors(before: datetime) -> int:
    return _erase(_over(before).filter(asker=None))


def _purge_enquiries(before: datetime) -> int:
    return _erase(_over(before).filter(~_with_deal(), asker__isnull=False))


def _purge_deals(before: datetime) -> int:
    return _erase(_over(before).filter(_with_deal()))


def _erase(rows: Any) -> int:
    """Erase texts, files and contacts. What remains says who asked whom, when, and how it ended."""
    pks = list(rows.select_for_update(of=("self",)).values_list("pk", flat=True)[:AT_ONCE])
    messages = Message.objects.filter(enquiry_id__in=pks)
    intents = Intent.objects.filter(enquiry_id__in=pks)
    stored = Attachment.objects.filter(
        Q(subject_kind=SUBJECT, subject_id__in=messages.values("pk"))
        | Q(subject_kind=INTENT_FILES, subject_id__in=intents.values("pk")),
        removed_at=None,
    )
    for attachment in stored:
        files.remove(attachment, actor=None)
    messages.update(text="")
    Note.objects.filter(enquiry_id__in=pks).delete()
    Step.objects.filter(enquiry_id__in=pks).update(what="")
    intents.update(subject="", milestones=[], checks={}, reason="")
    found = Enquiry.objects.filter(pk__in=pks).select_related("visitor")
    for enquiry in found:
        if enquiry.visitor is not None:
            visitor = enquiry.visitor
            visitor.name, visitor.organization = "—", ""
            visitor.email, visitor.phone = "erased@invalid.invalid", ""
            visitor.contact_hash = f"erased-{visitor.pk}"
            visitor.save()
            enquiry.links.all().delete()
    found.update(evidence={}, closing_note="", erased_at=clock.now())
    return len(pks)


# --- visitors ---------------------------------------------------------------------------------
def close_quiet() -> int:
    """Close the enquiries of visitors in which nobody has written for the period of the table; how many.

    Only what is closed is erased some day. Called by the clock.
    """
    days = RecordKind.objects.filter(code="visitor_quiet").values_list("days", flat=True).first()
    if days is None:
        return 0
    before = clock.now() - timedelta(days=days)
    late = Enquiry.objects.filter(
        asker=None,
        visitor__isnull=False,
        status__in=[Status.OPEN, Status.TALKING],
        last_message_at__lt=before,
        is_sample=False,
    ).order_by("last_message_at", "pk")
    return sum(_close_quiet(row.pk, before) for row in readable(late[:AT_ONCE]))


@transaction.atomic
def _close_quiet(pk: int, before: datetime) -> bool:
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=pk)
    if enquiry.last_message_at >= before or FLOW.refusal("expire", enquiry, None):
        return False
    FLOW.fire("expire", enquiry, None)
    _end(enquiry)
    publish(events.EnquiryClosed(subject_id=enquiry.pk, reason=QUIET), actor=None)
    return True


def _end(enquiry: Enquiry) -> None:
    enquiry.closed_at, enquiry.closing_reason = clock.now(), QUIET
    stop_clock(enquiry)
    enquiry.rev += 1
    enquiry.updated_at = enquiry.closed_at
    enquiry.save()


@transaction.atomic
def erase_visitor(enquiry: Enquiry, *, reason: str, actor: Actor, rev: Rev = None) -> Enquiry:
    """Erase a visitor's enquiry at once, closing it where it runs; `reason` is a code of `ERASING`.

    The visitor is told by a message without a link, the owner by a notice. Raises Forbidden, InvalidInput,
    Refused while it is held, where it was erased before or has become an organisation's, Stale.
    """
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("owner", "visitor")
    enquiry = rows.get(pk=enquiry.pk)
    if not actor.has_perm("enquiries.erase_enquiry", enquiry):
        raise Forbidden
    if enquiry.erased_at is not None:
        raise Refused(_("这条咨询的内容已经删除"))
    if _held(ENQUIRY).filter(subject_id=enquiry.pk).exists():
        raise Refused(_("这条咨询已暂缓清除，解除后才能删除"))
    check(enquiry.rev, rev, enquiry)
    if reason not in ERASING:
        raise InvalidInput({"reason": [_("请从列表中选择")]})
    if enquiry.status != Status.CLOSED:
        FLOW.fire("erase", enquiry, actor)
        _end(enquiry)
        publish(events.EnquiryClosed(subject_id=enquiry.pk, reason=QUIET), actor=actor)
    # The address is known only until it is erased.
    tell_visitor_of_erasing(enquiry)
    _erase(Enquiry.objects.filter(pk=enquiry.pk))
    enquiry.refresh_from_db()
    publish(events.VisitorErased(subject_id=enquiry.pk, reason=reason), actor=actor)
    return enquiry


def _purge_contacts(before: datetime) -> int:
    rows = LoggedContact.objects.filter(day__lt=clock.day_of(before)).exclude(text="")
    return rows.update(text="")


register_purger("visitor_enquiry", _purge_visitors)
register_purger("enquiry", _purge_enquiries)
register_purger("enquiry_with_deal", _purge_deals)
register_purger("logged_contact", _purge_contacts)
