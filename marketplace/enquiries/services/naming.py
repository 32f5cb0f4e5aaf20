"""The owner of an anonymous need tells one asker its name."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import services as disclosure
from marketplace.disclosure.queries import subject_named
from marketplace.enquiries import events
from marketplace.enquiries.models import Enquiry
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.listings.kind import kind_named, kinds
from marketplace.parties.queries import users_by_id


@transaction.atomic
def name_owner(enquiry: Enquiry, *, actor: Actor, rev: Rev = None) -> Enquiry:
    """Let the asker know who the owner is. It cannot be taken back.

    Raises Forbidden for who makes no promises for the owner, Refused, Stale.
    """
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if not actor.has_perm("enquiries.name_enquiry", enquiry):
        raise Forbidden(_("需要本单位审核人或管理员确认"))
    if not enquiry.owner_is_hidden:
        raise Refused(_("对方已经知道本单位名称"))
    check(enquiry.rev, rev, enquiry)
    subject = subject_named(kind_named(enquiry.kind).subject, enquiry.listing_id)
    if subject is None:
        raise Refused(_("这条信息已被删除"))
    visitor, [person] = enquiry.visitor, users_by_id([actor.pk])
    disclosure.release_name(
        subject,
        organization=enquiry.asker,
        visitor_key=visitor.contact_hash if visitor is not None else "",
        actor=person,
    )
    enquiry.named_at = enquiry.updated_at = clock.now()
    enquiry.rev += 1
    enquiry.save(update_fields=["named_at", "updated_at", "rev"])
    publish(events.OwnerNamed(subject_id=enquiry.pk), actor=actor)
    return enquiry


def note_release(subject_kind: str, listing_id: int, organization_id: int) -> int:
    """The owner was named elsewhere, for example by a grant; how many enquiries learn of it."""
    names = [kind.name for kind in kinds() if kind.subject == subject_kind]
    hidden = Enquiry.objects.filter(
        kind__in=names, listing_id=listing_id, asker_id=organization_id, hidden_owner=True
    )
    return hidden.filter(named_at=None).update(named_at=clock.now())


def note_publication(kind: str, listing_ids: list[int]) -> int:
    """Listings were published with the name of their owner: it is a secret no more."""
    model = kind_named(kind).model
    open_ones = model._default_manager.filter(pk__in=listing_ids, hide_owner=False)  # noqa: SLF001 -- documented
    hidden = Enquiry.objects.filter(
        kind=kind,
        listing_id__in=list(open_ones.values_list("pk", flat=True)),
        hidden_owner=True,
        named_at=None,
    )
    return hidden.update(named_at=clock.now())
