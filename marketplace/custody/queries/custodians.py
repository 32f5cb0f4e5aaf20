"""Which custodians there are, who sees them, and what waits for them."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.custody.models import Custodian, CustodianKey
from marketplace.custody.policies import READERS
from marketplace.custody.workflow import Status
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of


def _rows() -> QuerySet[Custodian]:
    return Custodian.objects.select_related("organization", "person")


def visible_to(actor: Actor) -> QuerySet[Custodian]:
    """The twin of `custody.view_custodian`, the newest first."""
    access = access_of(actor)
    rows = _rows().order_by("-id")
    if access.has(*READERS):
        return rows
    own = Q(person_id=actor.pk, organization_id__in=list(access.orgs))
    return rows.filter(own | Q(organization_id__in=access.binding))


def choosable() -> QuerySet[Custodian]:
    """Custodians in office with a live key, by organisation: those that a notice may name. Ask `ready` too."""
    live = CustodianKey.objects.filter(custodian=OuterRef("pk"), retired_at=None)
    rows = _rows().filter(Exists(live), status=Status.ACTIVE)
    return rows.order_by("organization__name", "id")


def _own(actor: Actor) -> QuerySet[Custodian]:
    orgs = list(access_of(actor).orgs)
    return _rows().filter(person_id=actor.pk, organization_id__in=orgs).order_by("id")


def invitations_for(actor: Actor) -> QuerySet[Custodian]:
    """Invitations that wait for the answer of this person."""
    return _own(actor).filter(status=Status.INVITED)


def keyless(actor: Actor) -> QuerySet[Custodian]:
    """Where this person is in office and has no key."""
    live = CustodianKey.objects.filter(custodian=OuterRef("pk"), retired_at=None)
    return _own(actor).filter(~Exists(live), status=Status.ACTIVE)


def keys_named(names: Iterable[str]) -> dict[str, CustodianKey]:
    """Keys by their public names, retired ones too: what was sealed to a key before its end still opens with it."""
    rows = CustodianKey.objects.filter(key__in=list(names)).select_related("custodian")
    return {row.key: row for row in rows}


def live_keys(custodian_ids: Iterable[int]) -> dict[int, CustodianKey]:
    """The live key of each custodian that has one, by the primary key of the custodian."""
    rows = CustodianKey.objects.filter(custodian_id__in=list(custodian_ids), retired_at=None)
    return {row.custodian_id: row for row in rows}
