"""Which rehearsals wait, and which the clock asks for."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from marketplace.custody.models import Custodian, CustodianKey, Rehearsal
from marketplace.custody.rulebook import AGAIN_AFTER
from marketplace.custody.workflow import Status
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def _rows() -> QuerySet[Rehearsal]:
    return Rehearsal.objects.select_related(
        "key", "key__custodian", "key__custodian__organization", "key__custodian__person"
    )


def own_rehearsals(actor: Actor) -> QuerySet[Rehearsal]:
    """The rehearsals of this person's keys, the newest first."""
    orgs = list(access_of(actor).orgs)
    rows = _rows().filter(
        key__custodian__person_id=actor.pk, key__custodian__organization_id__in=orgs
    )
    return rows.order_by("-id")


def open_rehearsals(actor: Actor) -> QuerySet[Rehearsal]:
    """Those that wait for an answer of this person, the one that is due first before the others."""
    rows = own_rehearsals(actor).filter(
        answered_at=None, key__retired_at=None, key__custodian__status=Status.ACTIVE
    )
    return rows.order_by("due_at", "id")


def rehearsals_of(custodian: Custodian) -> QuerySet[Rehearsal]:
    """The rehearsals of all keys of a custodian, the newest first."""
    return _rows().filter(key__custodian=custodian).order_by("-id")


def due_again(now: datetime) -> QuerySet[CustodianKey]:
    """Live keys of custodians in office that the clock asks: nothing waits, and the last answer is old."""
    of_key = Rehearsal.objects.filter(key=OuterRef("pk"))
    fresh = of_key.filter(answered_at__gt=now - AGAIN_AFTER)
    waiting = of_key.filter(answered_at=None)
    rows = CustodianKey.objects.filter(retired_at=None, custodian__status=Status.ACTIVE)
    return rows.filter(~Exists(fresh), ~Exists(waiting)).order_by("id")


def overdue(now: datetime) -> QuerySet[Rehearsal]:
    """Rehearsals whose time is over and of which nobody was reminded yet."""
    rows = _rows().filter(
        answered_at=None,
        overdue_at=None,
        due_at__lte=now,
        key__retired_at=None,
        key__custodian__status=Status.ACTIVE,
    )
    return rows.order_by("due_at", "id")
