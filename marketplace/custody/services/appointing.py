"""Inviting a custodian, his answer, and the end of his office."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.custody import events, queries
from marketplace.custody.models import Custodian, CustodianKey
from marketplace.custody.rulebook import MOST_REASON
from marketplace.custody.services.locking import locked, save
from marketplace.custody.workflow import CUSTODIAN, OPEN
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import Organization, User


@transaction.atomic
def invite_custodian(org: Organization, person: User, kind: str, *, actor: Actor) -> Custodian:
    """Ask a member of an organisation to keep a key in its name.

    The operator asks anybody's member; who binds an organisation asks a member of his own. Raises Forbidden,
    InvalidInput at `person` with the reason why this person may not keep keys.
    """
    # Locked, so that the same person is not invited twice by two requests.
    org = Organization.objects.select_for_update().get(pk=org.pk)
    if not actor.has_perm("custody.appoint_organization", org):
        raise Forbidden(_("只能为本单位任命密钥保管人"))
    if kind not in Custodian.Kind.values:
        raise InvalidInput({"kind": [_("请从列表中选择")]})
    row = Custodian(
        organization=org,
        person=person,
        kind=kind,
        invited_by_id=actor.pk,
        is_sample=org.is_sample,
    )
    if reasons := queries.fit(row):
        raise InvalidInput({"person": reasons})
    known = Custodian.objects.filter(organization=org, person=person, status__in=OPEN)
    if known.exists():
        raise InvalidInput({"person": [_("此人已被邀请或已在任")]})
    insert(row)
    publish(events.CustodianInvited(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def accept_invitation(custodian: Custodian, *, actor: Actor, rev: Rev = None) -> Custodian:
    """The person accepts. Raises Forbidden, Stale, Refused also when he may not keep keys any more."""
    row = _moved(custodian, "accept", actor, rev)
    if reasons := queries.fit(row):
        raise Refused("；".join(str(reason) for reason in reasons))
    row.answered_at = clock.now()
    save(row)
    publish(events.CustodianAccepted(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def decline_invitation(custodian: Custodian, *, actor: Actor, rev: Rev = None) -> Custodian:
    """The person declines. Raises Forbidden, Refused, Stale."""
    row = _moved(custodian, "decline", actor, rev)
    row.answered_at = clock.now()
    save(row)
    publish(events.CustodianDeclined(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def retire_custodian(
    custodian: Custodian, *, reason: str, actor: Actor, rev: Rev = None
) -> Custodian:
    """End the office, or take an invitation back; a live key is retired.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    row = _moved(custodian, "retire", actor, rev)
    said = reason.strip()
    if not said or len(said) > MOST_REASON:
        raise InvalidInput({"reason": [_("请写明原因，最多 200 个字")]})
    row.retire_reason = said
    row.retired_at = clock.now()
    key = CustodianKey.objects.filter(custodian=row, retired_at=None).first()
    if key is not None:
        key.retired_at = row.retired_at
        key.save(update_fields=["retired_at"])
    save(row)
    publish(
        events.CustodianRetired(subject_id=row.pk, key=key.key if key else ""),
        actor=actor,
    )
    return row


def _moved(custodian: Custodian, move: str, actor: Actor, rev: Rev) -> Custodian:
    row = locked(custodian.pk)
    CUSTODIAN.fire(move, row, actor)
    check(row.rev, rev, row)
    return row


def make_move(custodian: Custodian, move: str, reason: str, *, actor: Actor, rev: Rev) -> Custodian:
    """Make the move of this name, for a page. Raises what the service of the move raises."""
    how: dict[str, Any] = {"actor": actor, "rev": rev}
    if move == "accept":
        return accept_invitation(custodian, **how)
    if move == "decline":
        return decline_invitation(custodian, **how)
    return retire_custodian(custodian, reason=reason, **how)
