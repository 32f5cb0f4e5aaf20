"""Enquiries and their messages as a reader may see them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.models.messages import SUBJECT
from marketplace.enquiries.policies import READERS, principals_of, rows_of_parties, sides
from marketplace.enquiries.rulebook import OWNER
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_for
from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kind_named
from marketplace.parties.models import User
from marketplace.parties.policies import access_of
from marketplace.parties.queries import people_behind

#: What a page of enquiries shows of each row.
_PARTIES = ("owner", "asker", "visitor", "asked_by")


def orgs_of(actor: Actor) -> set[int]:
    """The organisations for which a person writes, as a member or as a proxy."""
    return {*access_of(actor).orgs, *principals_of(actor)}


def with_parties() -> QuerySet[Enquiry]:
    """All enquiries with what a page shows of each; newest message first."""
    return Enquiry.objects.select_related(*_PARTIES).order_by("-last_message_at", "-id")


def answered_by(actor: Actor) -> Q:
    """The enquiries in which a person writes for the owner: the list-side twin of `policies.sides`."""
    members = set(access_of(actor).orgs)
    return Q(owner_id__in=members) | Q(
        owner_id__in=principals_of(actor) - members, asker__isnull=False
    )


def answered_for(actor: Actor, org_id: int) -> Q:
    """Those of `answered_by` that one organisation received: a condition that its index answers."""
    if access_of(actor).in_org(org_id):
        return Q(owner_id=org_id)
    return Q(owner_id=org_id, asker__isnull=False)


def visible_to(actor: Actor) -> QuerySet[Enquiry]:
    """The enquiries that `actor` may see: the twin of `enquiries.view_enquiry`; newest message first."""
    rows = with_parties()
    if access_of(actor).has(*READERS):
        return rows
    seen = answered_by(actor) | Q(asker_id__in=orgs_of(actor)) | rows_of_parties(actor)
    guest_of = getattr(actor, "guest_of", None)
    if guest_of is not None:
        seen |= Q(pk=guest_of)
    return rows.filter(seen)


def enquiry_by_id(pk: int) -> Enquiry | None:
    """The enquiry of an event; None when it has been purged."""
    return Enquiry.objects.select_related(*_PARTIES).filter(pk=pk).first()


def enquiry_between(owner_id: int, asker_id: int, kind: str, listing_id: int) -> Enquiry | None:
    """The enquiry of this pair about this listing, or None."""
    rows = Enquiry.objects.filter(owner_id=owner_id, asker_id=asker_id)
    return rows.filter(kind=kind, listing_id=listing_id).first()


def listing_of(enquiry: Enquiry) -> Any:
    """The listing as it is now; None when it has been deleted."""
    rows = kind_named(enquiry.kind).model._default_manager  # noqa: SLF001 -- Django's documented name
    return rows.select_related("owner", "author").filter(pk=enquiry.listing_id).first()


def asked_by_orgs(actor: Actor, kind: str, listing_ids: Sequence[int]) -> dict[int, Enquiry]:
    """By listing: the enquiry in which an organisation of `actor` has asked about it. One query."""
    orgs = orgs_of(actor)
    if not orgs:
        return {}
    rows = Enquiry.objects.filter(kind=kind, listing_id__in=listing_ids, asker_id__in=orgs)
    return {row.listing_id: row for row in rows.order_by("last_message_at")}


def counts_of_listings(kind: str, listing_ids: Sequence[int]) -> dict[int, int]:
    """How many enquiries each of these listings has had. One query."""
    rows = Enquiry.objects.filter(kind=kind, listing_id__in=listing_ids).order_by()
    return dict(Counter(dict(rows.values_list("listing_id").annotate(n=Count("pk")))))


def messages_of(enquiry: Enquiry, *, joined: Iterable[int] = ()) -> QuerySet[Message]:
    """The messages of an enquiry, and of those it is joined with, newest first."""
    rows = Message.objects.filter(enquiry_id__in=[enquiry.pk, *joined])
    return rows.select_related("author", "organization", "enquiry").order_by("-at", "-id")


def message_by_id(pk: int) -> Message | None:
    """A message with its enquiry and the parties."""
    wanted = ("author", *(f"enquiry__{name}" for name in _PARTIES))
    return Message.objects.select_related(*wanted).filter(pk=pk).first()


def newest_message_id(enquiry: Enquiry) -> int:
    """The key of the newest message: from which state of the conversation a page was made."""
    rows = Message.objects.filter(enquiry=enquiry).order_by("-id")
    return rows.values_list("pk", flat=True).first() or 0


def files_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of these messages by message. One query."""
    return attachments_for(SUBJECT, [row.pk for row in messages])


def may_read_file(user: Actor, attachment: Any) -> bool:
    """Whoever sees the enquiry has the files of its messages."""
    message = message_by_id(attachment.subject_id)
    return message is not None and user.has_perm("enquiries.view_enquiry", message.enquiry)


def people_of(enquiry: Enquiry, side: str) -> list[User]:
    """Whom a message to this side concerns: who began on this side, and whoever has written for it since.

    A broker who has written for the organisation is among them while the mandate lasts.
    """
    org_id = enquiry.owner_id if side == OWNER else enquiry.asker_id
    if org_id is None:
        return []
    if side == OWNER:
        listing = listing_of(enquiry)
        began = listing.author if listing is not None else None
    else:
        began = enquiry.asked_by
    people = {row.pk: row for row in people_behind(began, org_id)} if began is not None else {}
    writers = User.objects.filter(
        pk__in=Message.objects.filter(enquiry=enquiry, side=side).values("author_id"),
        is_active=True,
    )
    people |= {row.pk: row for row in writers if side in sides(row, enquiry)}
    return list(people.values())
