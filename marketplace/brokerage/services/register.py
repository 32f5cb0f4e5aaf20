"""The way of an entry: applied for, submitted, decided by a registrar, suspended, removed, left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries, rulebook
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.workflow import BROKER, BrokerStatus
from marketplace.journal import versions
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties import services as parties
from marketplace.parties.models import User
from marketplace.parties.policies import Role, access_of


@transaction.atomic
def apply(*, actor: User) -> Broker:
    """Begin an application. Raises Forbidden without a confirmed contact, Refused for who may not.

    Operators, registrars and authorities decide on brokers and cannot be one.
    """
    if not actor.has_perm("brokerage.apply_broker"):
        raise Forbidden(_("请先验证邮箱或手机号码"))
    if access_of(actor).has(*parties.NEVER_BROKERS):
        raise Refused(_("平台运营、登记员和主管部门人员不能登记为技术经纪人"))
    # Two tabs of one person wait for each other here.
    User.objects.select_for_update().get(pk=actor.pk)
    if Broker.objects.filter(user=actor).exists():
        raise Refused(_("您已经有一份登记，请在原登记上继续"))
    broker = Broker(user=actor, name=actor.name, is_sample=actor.is_sample)
    insert(broker)
    publish(events.BrokerApplied(subject_id=broker.pk), actor=actor)
    return broker


@transaction.atomic
def submit(broker: Broker, *, actor: User, rev: Rev = None) -> Broker:
    """Hand an application in. Raises Forbidden, Refused, Stale, InvalidInput naming what is missing."""
    row = lock(broker)
    BROKER.fire("submit", row, actor)
    check(row.rev, rev, row)
    if missing := queries.missing_of(row):
        raise InvalidInput(missing)
    row.rounds += 1
    row.submitted_at = clock.now()
    touch(row, ["status", "rounds", "submitted_at"])
    publish(events.BrokerSubmitted(subject_id=row.pk, round=row.rounds), actor=actor)
    return row


def enter(broker: Broker, *, actor: User, rev: Rev = None) -> Broker:
    """Enter an applicant into the register, with all certificates as checked: `decide`."""
    return decide(broker, "enter", actor=actor, rev=rev)


@dataclass(frozen=True)
class _Effect:
    """What a move does beside the status: to the row, to the role, and which event tells of it."""

    event: Callable[..., Event]
    role: str = ""
    #: The list that the reasons come from; without one none are asked for.
    reasons: Sequence[tuple[str, Any]] = ()
    asks_remark: bool = False


_EFFECTS = {
    "recall": _Effect(events.BrokerRecalled),
    "enter": _Effect(events.BrokerEntered, role="appoint"),
    "return": _Effect(events.BrokerReturned, reasons=rulebook.RETURN_REASONS),
    "decline": _Effect(events.BrokerDeclined, reasons=rulebook.REMOVE_REASONS),
    "suspend": _Effect(events.BrokerSuspended, role="dismiss", asks_remark=True),
    "restore": _Effect(events.BrokerRestored, role="appoint"),
    "remove": _Effect(events.BrokerRemoved, role="dismiss", reasons=rulebook.REMOVE_REASONS),
    "leave": _Effect(events.BrokerRemoved, role="dismiss"),
    "renew": _Effect(events.BrokerApplied),
}


@transaction.atomic
def decide(
    broker: Broker,
    move: str,
    *,
    reasons: Sequence[str] = (),
    remark: str = "",
    actor: User,
    rev: Rev = None,
) -> Broker:
    """Make a move of the register other than `submit`; the role of broker follows.

    `reasons` are codes of the rulebook for "return", "decline" and "remove"; "suspend" needs a remark.
    Raises Forbidden, Refused, Stale, InvalidInput for missing reasons.
    """
    effect = _EFFECTS[move]
    row = lock(broker)
    known = _reasons(effect, reasons, remark)
    BROKER.fire(move, row, actor)
    check(row.rev, rev, row)
    if move == "enter":
        _enter(row, actor)
    if row.status in {BrokerStatus.RETURNED, BrokerStatus.DRAFT}:
        keep_as_seen(row)
    # The applicant's own moves leave standing what the registrar said last.
    if move not in {"recall", "renew"}:
        row.reasons, row.remark = known, remark.strip()
        row.decided_by, row.decided_at = actor, clock.now()
    touch(row, ["status", "reasons", "remark", "decided_by", "decided_at", "entered_at"])
    _follow_role(effect.role, row, actor)
    told: dict[str, Any] = {}
    if effect.reasons:
        told["reasons"] = known
    if effect.asks_remark:
        told["remark"] = row.remark
    if move == "leave":
        told["left"] = True
    publish(effect.event(subject_id=row.pk, **told), actor=actor)
    return row


def _reasons(effect: _Effect, given: Sequence[str], remark: str) -> list[str]:
    known = [code for code, _label in effect.reasons if code in given]
    if effect.reasons and not known:
        raise InvalidInput({"reasons": [_("请至少选择一项原因")]})
    if "other" in known and not remark.strip():
        raise InvalidInput({"remark": [_("选择“其他原因”时请写明说明")]})
    if effect.asks_remark and not remark.strip():
        raise InvalidInput({"remark": [_("请写明原因，本人会看到")]})
    return known


def _enter(row: Broker, actor: User) -> None:
    """Check what was found, and take the certificates as checked by this registrar."""
    if queries.holders_of_number(row).exists():
        raise Refused(_("有证书编号已登记在另一位技术经纪人名下，请核对原件后退回补正"))
    row.entered_at = clock.now()
    Certificate.objects.filter(broker=row, checked_at=None).update(
        checked_by=actor, checked_at=clock.now()
    )


def _follow_role(change: str, row: Broker, actor: User) -> None:
    if change == "appoint":
        parties.appoint(row.user, Role.BROKER, actor=actor)
    elif change == "dismiss":
        parties.dismiss(row.user, Role.BROKER, actor=actor)


def lock(broker: Broker) -> Broker:
    """The row as it is now, locked until the end of the transaction."""
    row = Broker.objects.select_for_update().get(pk=broker.pk)
    # Read apart: `select_for_update` would lock the joined rows too, and cannot lock a missing one.
    row.user = User.objects.get(pk=row.user_id)
    return row


def touch(row: Broker, columns: Sequence[str]) -> None:
    """Save these columns, raise `rev`, and note the time."""
    row.rev += 1
    row.updated_at = clock.now()
    row.save(update_fields=[*columns, "rev", "updated_at"])


def keep_as_seen(row: Broker) -> None:
    """Store the content of an entry at its current `rev`, before its author changes it."""
    versions.keep_version(events.BROKER, row.pk, row.rev, queries.content_of(row))
