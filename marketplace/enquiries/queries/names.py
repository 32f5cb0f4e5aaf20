"""What each reader may call the parties of an enquiry."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries.models import Enquiry, Message
from marketplace.enquiries.policies import works_for_owner
from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.kernel.actors import Actor

#: The owner of an anonymous need, as the market shows it everywhere.
HIDDEN_OWNER = _("某企业（已认证）")
#: Who wrote for such an owner.
HIDDEN_ASKER_SIDE = _("需求方")


@dataclass(frozen=True)
class PartyName:
    """How a party is shown: `url` is "" without a page of its own, `line` stands below the name."""

    name: Any
    url: str = ""
    verified: bool = False
    line: Any = ""


def owner_named(user: Actor, enquiry: Enquiry) -> bool:
    """Whether this reader may learn who the owner is."""
    return not enquiry.owner_is_hidden or works_for_owner(user, enquiry)


def party(user: Actor, enquiry: Enquiry, side: str) -> PartyName:
    """A party as this reader may see it. No query for an enquiry of `visible_to`."""
    if side == OWNER and not owner_named(user, enquiry):
        return PartyName(HIDDEN_OWNER)
    org = enquiry.org_of(side)
    if org is not None:
        url = reverse("parties:organization", args=[org.code])
        return PartyName(org.name, url, org.is_verified)
    visitor = enquiry.visitor
    name = (visitor.organization or visitor.name) if visitor is not None else ""
    return PartyName(name, line=_("未注册访客"))


def counterpart_of(user: Actor, enquiry: Enquiry, side: str) -> PartyName:
    """The party that `side` talks to."""
    return party(user, enquiry, ASKER if side == OWNER else OWNER)


def author_of(user: Actor, enquiry: Enquiry, message: Message) -> Any:
    """Who wrote a message, as this reader may know it; "" for the site itself."""
    if not message.side:
        return ""
    if message.side == OWNER and not owner_named(user, enquiry):
        return HIDDEN_ASKER_SIDE
    if message.author is not None:
        return message.author.get_full_name() or str(message.author)
    return enquiry.visitor.name if enquiry.visitor is not None else ""
