"""What follows from a question and from a message: notices to the people of the other side."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.events import NameReleased
from marketplace.enquiries import queries, services
from marketplace.enquiries.events import (
    AskerTold,
    ContactAnswered,
    ContactLinkRenewed,
    ContactLogged,
    EnquiryAsked,
    EnquiryClosed,
    IntentAgreed,
    IntentEnded,
    IntentProposed,
    LeadConfirmed,
    LeadOpened,
    LeadReturned,
    LeadTaken,
    MessageWritten,
    MetAsked,
    OwnerNamed,
    VisitorErased,
)
from marketplace.enquiries.rulebook import ASKER, OWNER, other_side
from marketplace.kernel.events import on
from marketplace.listings.events import ids_of
from marketplace.needs import events as needs
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties.policies import Role
from marketplace.parties.queries import admins_of, people_with_role, users_by_id

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


# --- the way to an intent ---------------------------------------------------------------------
kinds.register("enquiries.intent", _("意向有新进展"))
kinds.register("enquiries.closed", _("咨询已结束"), mail_default=False)
kinds.register("enquiries.lead_open", _("有新的待跟进线索"), mail_default=False)
kinds.register("enquiries.lead", _("待跟进线索有变化"))
kinds.register("enquiries.contact_logged", _("有人代本单位登记了联系"))


@on(IntentAgreed)
def mark_agreed(event: IntentAgreed) -> None:
    """An enquiry whose intent both sides confirmed is agreed."""
    services.agree_enquiry(event.subject_id, because=event)


@on(IntentProposed, IntentAgreed, IntentEnded)
def tell_of_intent(event: IntentProposed | IntentAgreed | IntentEnded) -> None:
    """Both sides learn how an intent stands: whoever binds them decides on the page."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is None:
        return
    titles = {
        "IntentProposed": _("“%(title)s”有一份意向等待在线确认"),
        "IntentAgreed": _("“%(title)s”的意向双方已在线确认"),
        "IntentEnded": _("“%(title)s”的意向未达成"),
    }
    for side in (OWNER, ASKER):
        org_id = enquiry.owner_id if side == OWNER else enquiry.asker_id
        people = {row.pk: row for row in queries.people_of(enquiry, side)}
        people |= {row.pk: row for row in admins_of(org_id)} if org_id is not None else {}
        notify(
            "enquiries.intent",
            people.values(),
            title=titles[type(event).__name__],
            params={"title": enquiry.listing_title},
            url=address_of("enquiries:intent", event.intent_code),
            dedupe=f"enquiries.{type(event).__name__}:{event.intent_code}:{side}",
        )


@on(MessageWritten)
def follow_first_answer(event: MessageWritten) -> None:
    """The first answer ends the lead; ten days later both sides are asked whether they met."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is not None and event.side == OWNER and enquiry.first_answer_at is not None:
        services.close_lead_of(enquiry.pk, because=event)
        services.ask_whether_they_met(enquiry, occasion="answer", at=enquiry.first_answer_at)


@on(MetAsked)
def ask_visitor(event: MetAsked) -> None:
    """A visitor has no account to be asked in: a link asks. Members of organisations have a notice."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is not None:
        services.ask_visitor_whether_met(enquiry, event.occasion)


@on(AskerTold)
def tell_visitor_of_silence(event: AskerTold) -> None:
    """A visitor without an account learns by a link that nobody has answered."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is not None and enquiry.visitor is not None and event.side == ASKER:
        services.tell_visitor_of_silence(enquiry)


@on(EnquiryClosed)
def follow_closing(event: EnquiryClosed) -> None:
    """A closed enquiry is no lead any more, and both sides learn of the end."""
    services.close_lead_of(event.subject_id, because=event)
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is None:
        return
    for side in (OWNER, ASKER):
        notify(
            "enquiries.closed",
            queries.people_of(enquiry, side),
            title=_("咨询“%(title)s”已结束"),
            params={"title": enquiry.listing_title},
            url=address_of("enquiries:show", enquiry.code),
            dedupe=f"enquiries.closed:{enquiry.pk}:{enquiry.rev}:{side}",
        )


@on(VisitorErased)
def tell_owner_of_erasing(event: VisitorErased) -> None:
    """The owner learns why the texts are gone. The visitor was told by the service, which knew the address."""
    enquiry = queries.enquiry_by_id(event.subject_id)
    if enquiry is None:
        return
    notify(
        "enquiries.closed",
        queries.people_of(enquiry, OWNER),
        title=_("访客对“%(title)s”的咨询已应请求删除"),
        params={"title": enquiry.listing_title},
        body=_("咨询内容和访客的联系方式不再保存，请同时删除贵单位自行留存的副本。"),
        url=address_of("enquiries:show", enquiry.code),
        dedupe=f"enquiries.erased:{enquiry.pk}",
    )


# --- leads ------------------------------------------------------------------------------------
@on(LeadOpened)
def tell_brokers(event: LeadOpened) -> None:
    """Brokers learn that there is a lead, and nothing of it."""
    notify(
        "enquiries.lead_open",
        people_with_role(Role.BROKER),
        title=_("有新的待跟进线索"),
        url=address_of("enquiries:leads"),
        dedupe=f"enquiries.lead_open:{event.subject_id}",
    )


@on(LeadTaken)
def ask_consent(event: LeadTaken) -> None:
    """The asker is asked whether this very broker may see text and contact."""
    enquiry = queries.enquiry_by_id(event.enquiry_id)
    lead = queries.lead_by_id(event.subject_id)
    if enquiry is None or lead is None:
        return
    if enquiry.visitor is not None:
        services.tell_visitor_of_broker(lead)
    for broker in users_by_id([event.broker_id]):
        notify(
            "enquiries.lead",
            queries.people_of(enquiry, ASKER),
            title=_("技术经纪人%(name)s愿意跟进“%(title)s”，请确认"),
            params={"name": broker.get_full_name(), "title": enquiry.listing_title},
            body=_("确认之前，这位经纪人看不到咨询内容和联系方式。"),
            url=address_of("enquiries:show", enquiry.code),
            dedupe=f"enquiries.lead_taken:{lead.pk}:{lead.rev}",
        )


@on(LeadConfirmed, LeadReturned)
def tell_broker(event: LeadConfirmed | LeadReturned) -> None:
    """The broker learns that the asker agreed, or that the lead went back to the others."""
    lead = queries.lead_by_id(event.subject_id)
    if lead is None:
        return
    agreed = isinstance(event, LeadConfirmed)
    notify(
        "enquiries.lead",
        users_by_id([event.broker_id]),
        title=_("咨询方同意由您跟进线索 %(code)s") if agreed else _("线索 %(code)s 已退回待跟进"),
        params={"code": lead.code},
        url=address_of("enquiries:lead", lead.code) if agreed else address_of("enquiries:leads"),
        dedupe=f"enquiries.lead:{lead.pk}:{type(event).__name__}:{lead.rev}",
    )


# --- on behalf --------------------------------------------------------------------------------
@on(ContactLogged)
def ask_firm(event: ContactLogged) -> None:
    """The firm is asked to confirm what somebody logged for it."""
    contact = queries.contact_by_id(event.subject_id)
    if contact is not None:
        notify(
            "enquiries.contact_logged",
            admins_of(event.firm_id),
            title=_("请核对%(date)s代本单位登记的联系"),
            params={"date": contact.day.isoformat()},
            url=address_of("enquiries:contact", contact.code),
            dedupe=f"enquiries.contact:{contact.pk}",
        )


@on(ContactLogged, ContactLinkRenewed)
def send_link_to_firm(event: ContactLogged | ContactLinkRenewed) -> None:
    """The firm may confirm without signing in, by a link that goes to its own address alone."""
    services.send_contact_link(event.subject_id)


@on(ContactAnswered)
def enter_contact(event: ContactAnswered) -> None:
    """What the firm confirmed stands in the enquiry."""
    if event.reply == "confirmed":
        services.enter_contact(event.subject_id, because=event)
