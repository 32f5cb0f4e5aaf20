"""The sample enquiries of `deploy/samples/enquiries.json`, made through the services that people use.

Only the instants are set back afterwards: a conversation takes days.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from marketplace.enquiries import services
from marketplace.enquiries.models import Enquiry, Message, ReadMark, Undertaking, VisitorContact
from marketplace.enquiries.rulebook import OWNER
from marketplace.enquiries.services.sealing import hash_of_contact
from marketplace.enquiries.services.turns import begin_turn, stop_clock
from marketplace.enquiries.workflow import ENQUIRY, Status
from marketplace.kernel import clock
from marketplace.listings.kind import ListingKind, kinds
from marketplace.parties.models import User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress

Row = Mapping[str, Any]


def load(progress: Progress) -> None:
    """Load what is not there yet; an enquiry is known by its listing and who asks."""
    organizations = sample_organizations(read("organizations"))
    known = {kind.name: kind for kind in kinds()}
    titles = {
        f"{name}:{row['key']}": (row["title"], organizations.get(row["owner"]))
        for name in known
        for row in read(name)
    }
    rows = read("enquiries")
    for row in rows:
        kind = known[row["listing"].partition(":")[0]]
        title, owner = titles[row["listing"]]
        model = kind.model._default_manager  # noqa: SLF001 -- Django's documented name for it
        listing = model.filter(title=title, owner=owner, is_sample=True).first()
        if listing is not None and not _is_there(kind, listing, row, organizations):
            _make(kind, listing, row, organizations)
    services.fill_way()
    progress("enquiries", len(rows), len(rows))


def _is_there(kind: ListingKind, listing: Any, row: Row, organizations: Mapping[str, Any]) -> bool:
    found = Enquiry.objects.filter(kind=kind.name, listing_id=listing.pk, is_sample=True)
    if "visitor" in row:
        return found.filter(visitor__email=row["visitor"]["email"]).exists()
    return found.filter(asker=organizations[row["asker"]]).exists()


@transaction.atomic
def _make(kind: ListingKind, listing: Any, row: Row, organizations: Mapping[str, Any]) -> None:
    owner = sample_author(listing.owner)
    first, *rest = row["messages"]
    if "visitor" in row:
        enquiry = _ask_as_visitor(kind, listing, row["visitor"], first[2])
        asker: Any = services.Guest(enquiry.pk)
    else:
        org = organizations[row["asker"]]
        asker = sample_author(org)
        enquiry = services.ask(kind, listing, asker=org, text=first[2], actor=asker)
    for side, _days, text in rest:
        # What stands in the samples names no hidden owner.
        services.write(enquiry, text, actor=owner if side == OWNER else asker, names_checked=True)
    enquiry.refresh_from_db()
    _set_back(enquiry, [days for _side, days, _text in row["messages"]])
    if row["state"] == Status.CLOSED:
        _close(enquiry, row, owner)


def _ask_as_visitor(kind: ListingKind, listing: Any, said: Row, text: str) -> Enquiry:
    """What `services.confirm` does, without a code and without a message to an address that is nobody's."""
    visitor = VisitorContact.objects.create(
        kind=kind.name,
        listing_id=listing.pk,
        contact_hash=hash_of_contact(said["email"]),
        consent_version=services.CONSENT_VERSION,
        **said,
    )
    return services.begin_or_go_on(
        kind, listing, text, actor=services.Guest(0), visitor=visitor, is_sample=True
    )


def _close(enquiry: Enquiry, row: Row, actor: User) -> None:
    ENQUIRY.fire("close", enquiry, actor)
    enquiry.rev += 1
    enquiry.closed_at = enquiry.last_message_at
    enquiry.closing_reason, enquiry.closing_note = row["reason"], row["note"]
    enquiry.save()


def _set_back(enquiry: Enquiry, days: list[int]) -> None:
    """Let each message be so many days old, and the clock of the turn run from the message that waits."""
    now = clock.now()
    answered, side, turn_began = None, "", now
    for hours, (message, ago) in enumerate(
        zip(Message.objects.filter(enquiry=enquiry).order_by("pk"), days, strict=True)
    ):
        at = now - timedelta(days=ago) + timedelta(minutes=25 * hours)
        Message.objects.filter(pk=message.pk).update(at=at)
        if message.side == OWNER and answered is None:
            answered = at
        if message.side != side:
            side, turn_began = message.side, at
        enquiry.last_message_at = at
    enquiry.created_at = now - timedelta(days=days[0])
    enquiry.first_answer_at = answered
    stop_clock(enquiry)
    begin_turn(enquiry, side, at=turn_began)
    enquiry.save()
    ReadMark.objects.filter(enquiry=enquiry).update(read_to=enquiry.last_message_at)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove every sample enquiry, with its messages and its visitor."""
    rows = Enquiry.objects.filter(is_sample=True)
    visitors = list(rows.exclude(visitor=None).values_list("visitor_id", flat=True))
    with transaction.atomic():
        services.remove_way()
        count = rows.count()
        joined = list(rows.exclude(undertaking=None).values_list("undertaking_id", flat=True))
        rows.delete()
        Undertaking.objects.filter(pk__in=joined, enquiries=None).delete()
        VisitorContact.objects.filter(pk__in=visitors).delete()
    return {"enquiries": count}, []
