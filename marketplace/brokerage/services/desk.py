"""What a broker keeps at the desk: followed enquiries, own tasks, and what the parties say afterwards."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events
from marketplace.brokerage.models import (
    Broker,
    BrokerFeedback,
    BrokerTask,
    Introduction,
    Mandate,
    Pursuit,
    Stage,
)
from marketplace.brokerage.queries.desk import brokers_behind, mandated_enquiries, stage_of
from marketplace.brokerage.queries.mandates import running_of
from marketplace.enquiries.models import Enquiry, Lead
from marketplace.enquiries.workflow import LeadStatus, Status
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.parties.policies import access_of

MAX_TITLE = 120
MAX_TEXT = 1_000
#: A mandate for all that a client lists takes up this many of its newest enquiries.
MOST_TAKEN_UP = 500


# --- followed enquiries -----------------------------------------------------------------------
@transaction.atomic
def follow_up(enquiry_id: int) -> None:
    """Bring the followed enquiry of each broker behind it to the stage that the record gives.

    A broker who is behind it no more has no card of it: the consent, the mandate or the claim has ended.
    The card of a closed enquiry stays, since both sides may still rate the broker.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).filter(pk=enquiry_id).first()
    if enquiry is None:
        return
    known = {row.broker_id: row for row in Pursuit.objects.filter(enquiry=enquiry)}
    behind = brokers_behind(enquiry)
    if enquiry.status != Status.CLOSED:
        gone = set(known) - behind
        Pursuit.objects.filter(enquiry=enquiry, broker_id__in=gone).delete()
    else:
        behind |= set(known)
    for broker in behind:
        stage = stage_of(enquiry, broker)
        row = known.get(broker)
        if row is None:
            Pursuit.objects.create(broker_id=broker, enquiry=enquiry, stage=stage)
        elif row.stage != stage:
            row.stage, row.since = stage, clock.now()
            row.save(update_fields=["stage", "since"])


def follow_mandate(mandate: Mandate) -> int:
    """Take up the enquiries that a new mandate covers; how many were looked at."""
    ids = list(mandated_enquiries(mandate).values_list("pk", flat=True)[:MOST_TAKEN_UP])
    for pk in ids:
        follow_up(pk)
    return len(ids)


def leave_mandate(mandate: Mandate) -> int:
    """Give up the enquiries that a mandate that is over has covered; how many were looked at."""
    rows = Pursuit.objects.filter(broker_id=mandate.broker_id).exclude(stage=Stage.CLOSED)
    covered = mandated_enquiries(mandate).order_by().values("pk")
    ids = list(rows.filter(enquiry__in=covered).values_list("enquiry_id", flat=True))
    for pk in ids:
        follow_up(pk)
    return len(ids)


def follow_again(broker_id: int) -> None:
    """Take up what a broker follows who is in the register again: mandates are in force, leads are held."""
    for mandate in running_of(broker_id):
        follow_mandate(mandate)
    held = Lead.objects.filter(status=LeadStatus.CONFIRMED, broker__broker=broker_id)
    claims = Introduction.objects.filter(broker_id=broker_id, enquiry__isnull=False)
    for pk in {
        *held.values_list("enquiry_id", flat=True),
        *claims.values_list("enquiry_id", flat=True),
    }:
        follow_up(pk)


# --- tasks ------------------------------------------------------------------------------------
@transaction.atomic
def add_task(
    broker: Broker, *, title: str, due_on: date | None, actor: Any, enquiry: Enquiry | None = None
) -> BrokerTask:
    """Note something to do by a day. Raises Forbidden, InvalidInput at `title` or `due_on`."""
    _own(broker, actor)
    title = title.strip()
    errors: dict[str, list[object]] = {}
    if not title:
        errors["title"] = [_("请写明要做什么")]
    elif len(title) > MAX_TITLE:
        errors["title"] = [_("最多 120 个字")]
    if due_on is None:
        errors["due_on"] = [_("请填写日期")]
    elif due_on < clock.today():
        errors["due_on"] = [_("日期不能早于今天")]
    if errors or due_on is None:
        raise InvalidInput(errors)
    task = BrokerTask(broker=broker, title=title, due_on=due_on, enquiry=enquiry)
    insert(task)
    return task


def mark_task(task: BrokerTask, *, done: bool, actor: Any) -> BrokerTask:
    """Mark a task as done or as open again; said twice it is said once. Raises Forbidden."""
    _own(task.broker, actor)
    if bool(task.done_at) != done:
        task.done_at = clock.now() if done else None
        task.save(update_fields=["done_at"])
    return task


def _own(broker: Broker, actor: Any) -> None:
    if broker.user_id != actor.pk:
        raise Forbidden


# --- what the parties say ---------------------------------------------------------------------
@transaction.atomic
def rate_broker(
    enquiry: Enquiry, broker: Broker, *, side: str, score: int | None, text: str = "", actor: Any
) -> BrokerFeedback:
    """One side of a closed enquiry says how the broker worked: once, 1 to 5, and never changed.

    Raises Forbidden for who works for neither side, Refused while the enquiry is open, for a broker
    who had no part in it and the second time; InvalidInput at `score` or `text`.
    """
    enquiry = Enquiry.objects.select_for_update(of=("self",)).get(pk=enquiry.pk)
    if side not in sides_of(actor, enquiry) or broker.user_id == actor.pk:
        raise Forbidden(_("只有洽谈双方的成员可以评价"))
    if enquiry.status != Status.CLOSED:
        raise Refused(_("洽谈结束后才能评价"))
    if not Pursuit.objects.filter(broker=broker, enquiry=enquiry).exists():
        raise Refused(_("这位技术经纪人没有参与这次洽谈"))
    if BrokerFeedback.objects.filter(broker=broker, enquiry=enquiry, side=side).exists():
        raise Refused(_("本单位已经评价过"))
    errors: dict[str, list[object]] = {}
    if score is None or score not in range(1, 6):
        errors["score"] = [_("请选择 1 至 5 分")]
    if len(text.strip()) > MAX_TEXT:
        errors["text"] = [_("最多 1000 个字")]
    if errors or score is None:
        raise InvalidInput(errors)
    said = BrokerFeedback.objects.create(
        broker=broker, enquiry=enquiry, side=side, score=score, text=text.strip(), by=actor
    )
    publish(events.BrokerRated(subject_id=broker.pk, enquiry_id=enquiry.pk), actor=actor)
    return said


def sides_of(user: Any, enquiry: Enquiry) -> list[str]:
    """The sides of an enquiry that the person works for as a member, never as a proxy."""
    access = access_of(user)
    pairs: Iterable[tuple[str, int | None]] = (
        ("owner", enquiry.owner_id),
        ("asker", enquiry.asker_id),
    )
    return [name for name, org in pairs if org is not None and access.in_org(org)]


__all__ = [
    "Stage",
    "add_task",
    "follow_again",
    "follow_mandate",
    "follow_up",
    "leave_mandate",
    "mark_task",
    "rate_broker",
    "sides_of",
]
