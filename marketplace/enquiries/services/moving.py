"""A visitor who signs up and joins an organisation takes the enquiry along."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events, queries
from marketplace.enquiries.models import Enquiry
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of


@transaction.atomic
def move_visitor_enquiry(
    enquiry: Enquiry, *, to: Organization, actor: Any, rev: Rev = None
) -> Enquiry:
    """Turn a visitor's enquiry into one of the organisation that the visitor has joined since.

    The person is known by the contact: the address or number that the visitor confirmed is confirmed
    for the account too. Raises Forbidden, Refused where the organisation has asked about this listing
    itself or owns it, Stale.
    """
    rows = Enquiry.objects.select_for_update(of=("self",)).select_related("visitor", "owner")
    enquiry = rows.get(pk=enquiry.pk)
    visitor = enquiry.visitor
    if visitor is None:
        raise Refused(_("这条咨询已转入单位"))
    if not access_of(actor).in_org(to.pk) or not queries.is_reached_by(actor, visitor):
        raise Forbidden
    check(enquiry.rev, rev, enquiry)
    if enquiry.owner_id == to.pk:
        raise Refused(_("不能咨询本单位发布的信息"))
    if Enquiry.objects.filter(kind=enquiry.kind, listing_id=enquiry.listing_id, asker=to).exists():
        raise Refused(_("该单位已就这条信息提出过咨询，请在那条咨询里继续"))
    enquiry.asker, enquiry.visitor, enquiry.asked_by_id = to, None, actor.pk
    enquiry.rev += 1
    enquiry.updated_at = clock.now()
    enquiry.save()
    visitor.delete()
    enquiry.links.update(revoked_at=clock.now())
    publish(events.EnquiryMoved(subject_id=enquiry.pk, asker_id=to.pk), actor=actor)
    return enquiry
