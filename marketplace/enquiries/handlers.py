"""What follows from a question and from a message: notices to the people of the other side."""

from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import queries
from marketplace.enquiries.events import EnquiryAsked, MessageWritten
from marketplace.enquiries.rulebook import OWNER, other_side
from marketplace.kernel.events import on
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


@on(MessageWritten)
def tell_other_side(event: MessageWritten) -> None:
    """Tell the other side of a message. The notice has neither the text nor a name."""
    message = queries.message_by_id(event.message_id)
    if message is None:
        return
    enquiry = message.enquiry
    people = queries.people_of(enquiry, other_side(event.side))
    notify(
        "enquiries.message",
        [person for person in people if person.pk != message.author_id],
        title=_("咨询“%(title)s”有新消息"),
        params={"title": enquiry.listing_title},
        url=address_of("enquiries:show", enquiry.code),
        dedupe=f"enquiries.message:{message.pk}",
    )
