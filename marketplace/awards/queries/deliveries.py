"""The work after the award: whose it is, for whom it waits, who reads its files."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from marketplace.awards.models import Milestone, TaskBook
from marketplace.awards.policies import OVERSEERS
from marketplace.awards.workflow import DeliveryStatus, MilestoneStatus
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of

D = DeliveryStatus


def _rows() -> QuerySet[TaskBook]:
    return TaskBook.objects.select_related("tender", "lot", "purchaser", "winner", "award")


def deliveries_visible_to(actor: Actor) -> QuerySet[TaskBook]:
    """The twin of `awards.view_delivery`, the newest first."""
    access = access_of(actor)
    rows = _rows().order_by("-id")
    if access.has(*OVERSEERS):
        return rows
    mine = list(access.orgs)
    return rows.filter(Q(purchaser_id__in=mine) | Q(winner_id__in=mine))


def deliveries_waiting_for(actor: Actor) -> QuerySet[TaskBook]:
    """What waits for the purchaser's acceptance, or for the authority's decision."""
    access = access_of(actor)
    waits = Q(status=D.SUBMITTED, purchaser_id__in=access.binding)
    if access.has(Role.AUTHORITY):
        mine = list(access.orgs)
        outside = ~Q(purchaser_id__in=mine) & ~Q(winner_id__in=mine)
        waits |= Q(status__in=[D.CONFIRMING, D.CLAIMED]) & outside
    return _rows().filter(waits).order_by("id")


def due_milestones(actor: Actor, until: date | None) -> QuerySet[Milestone]:
    """Milestones: reported ones for the purchaser, open ones due by a day, or all open ones, for the winner."""
    access = access_of(actor)
    waits = Q(status=MilestoneStatus.REPORTED, delivery__purchaser_id__in=access.binding)
    mine = Q(status=MilestoneStatus.OPEN, delivery__winner_id__in=list(access.orgs))
    waits |= mine if until is None else mine & Q(due_on__lte=until)
    rows = Milestone.objects.select_related("delivery__tender")
    return rows.filter(waits, delivery__status=D.RUNNING).order_by("due_on", "id")


def delivery_of_contract(contract: str) -> TaskBook | None:
    """The work under a contract."""
    return _rows().filter(contract=contract).first() if contract else None


def reads_delivery_file(user: Actor, file: Any) -> bool:
    """Who reads the evidence: those who see the delivery."""
    row = TaskBook.objects.filter(pk=file.subject_id).first()
    return row is not None and user.has_perm("awards.view_delivery", row)
