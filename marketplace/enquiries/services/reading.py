"""How far a person has read."""

from datetime import datetime

from marketplace.enquiries.models import Enquiry, ReadMark
from marketplace.kernel.actors import Actor


def mark_read(enquiry: Enquiry, *, actor: Actor, to: datetime | None = None) -> None:
    """Note that a person has seen the messages up to `to`, by default all."""
    if actor.pk is None:
        return
    read_to = to or enquiry.last_message_at
    ReadMark.objects.bulk_create(
        [ReadMark(enquiry=enquiry, user_id=actor.pk, read_to=read_to)],
        update_conflicts=True,
        unique_fields=["enquiry", "user"],
        update_fields=["read_to"],
    )
