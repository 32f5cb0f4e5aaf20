"""How a reader gets the contact of a listing."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure.policies import sees_contacts
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.listings.models import Listing
from marketplace.listings.services.lifecycle import lifecycle_of
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.policies import access_of


@transaction.atomic
def show_contact(listing: Listing, *, actor: Actor) -> dict[str, str]:
    """向登录用户显示联系方式，并留痕。

    Raises Forbidden for people without a confirmed contact of their own, Refused when the owner
    wants to be reached through a broker or the listing is no longer open.
    """
    if not sees_contacts(actor):
        raise Forbidden(_("请先登录并验证邮箱或手机号"))
    if listing.status not in CONTACTABLE and not access_of(actor).in_org(listing.owner_id):
        raise Refused(_("该信息已关闭，不再提供联系方式"))
    if listing.contact_route == "broker":
        raise Refused(_("发布单位选择由技术经理人对接，请联系平台"))
    contact = listing.contact
    publish(lifecycle_of(listing).events["show_contact"](subject_id=listing.pk), actor=actor)
    return {
        "name": contact.name or ("" if listing.hide_owner else listing.owner.name),
        "phone": contact.phone,
        "email": contact.email,
    }
