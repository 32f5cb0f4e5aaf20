"""What follows from a question and from a message: notices to the people of the other side."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.events import NameReleased
from marketplace.enquiries import queries, services
from marketplace.enquiries.events import EnquiryAsked, MessageWritten, OwnerNamed
from marketplace.enquiries.rulebook import ASKER, OWNER, other_side
from marketplace.kernel.events import on
from marketplace.listings.events import ids_of
from marketplace.needs import events as needs
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify

kinds.register("enquiries.asked", _("收到新的咨询"))
kinds.register("enquiries.message", _("咨询有新消息"))


@on(EnquiryAsked)
def tell_owner(event: EnquiryAsked) -> None:
    """Tell the owner of the listing that somebody asks. The notice names nobody."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is not None:
        notify(
            "enquiries.asked",
            queries.people_of(enquiry, OWNER),
            title=_("有人咨询“%(title)s”"),
            params={"title": enquiry.listing_title},
            url=address_of("enquiries:show", enquiry.code),
            dedupe=f"enquiries.asked:{enquiry.pk}",
        )


@on(NameReleased)
def follow_released_name(event: NameReleased) -> None:
    """The owner of an anonymous need was named to an organisation: its enquiries show the name too."""
    if event.organization_id is not None:
        services.note_release(event.of_kind, event.of_id, event.organization_id)


@on(needs.EVENTS["publish"], batch=True)
def follow_publication(batch: list[Any]) -> None:
    """A need was published again, and no longer anonymously."""
    services.note_publication("needs", ids_of(batch))


@on(OwnerNamed)
def tell_of_name(event: OwnerNamed) -> None:
    """Tell the asker that the owner has given its name. The notice itself does not have it."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is not None:
        notify(
            "enquiries.message",
            queries.people_of(enquiry, ASKER),
            title=_("需求方向您公开了单位名称：“%(title)s”"),
            params={"title": enquiry.listing_title},
            url=address_of("enquiries:show", enquiry.code),
            dedupe=f"enquiries.named:{enquiry.pk}",
        )


@on(MessageWritten)
def tell_other_side(event: MessageWritten) -> None:
    """Tell the other side of a message. The notice has neither the text nor a name."""
    message = queries.message_by_id(event.message_id)
    if message is None:
        return
    enquiry = message.enquiry
    if enquiry.visitor is not None and event.side == OWNER:
        if not enquiry.is_sample:
            services.tell_visitor(enquiry, message.pk)
        return
    people = queries.people_of(enquiry, other_side(event.side))
    notify(
        "enquiries.message",
        [person for person in people if person.pk != message.author_id],
        title=_("咨询“%(title)s”有新消息"),
        params={"title": enquiry.listing_title},
        url=address_of("enquiries:show", enquiry.code),
        dedupe=f"enquiries.message:{message.pk}",
    )
