"""Taking a pack is a fact of its own."""

from django.db import transaction

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden
from marketplace.records.events import AuditPackTaken
from marketplace.tenders.models import Tender


@transaction.atomic
def take_pack(tender: Tender, purpose: str, *, actor: Actor) -> None:
    """Record that somebody takes the pack of a tender, and why. Raises Forbidden."""
    if not actor.has_perm("records.audit_tender", tender):
        raise Forbidden
    publish(AuditPackTaken(subject_id=tender.pk, purpose=purpose.strip()), actor=actor)
