"""Joining enquiries of one pair of parties about one undertaking, and separating them again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.enquiries import events
from marketplace.enquiries.models import Enquiry, Undertaking
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.revisions import Rev, check

JOIN = "enquiries.join_enquiry"


def parties_of(enquiry: Enquiry) -> frozenset[int | None]:
    """The two organisations, whoever asked."""
    return frozenset({enquiry.owner_id, enquiry.asker_id})


def refusal_to_join(enquiry: Enquiry, other: Enquiry) -> object:
    """Why two enquiries can't be joined, or "".

    That an owner is hidden comes before everything else: a comparison of the parties would tell who it is.
    """
    if enquiry.owner_is_hidden or other.owner_is_hidden:
        return _("匿名需求在公开单位名称之前不能与其他咨询合并")
    if enquiry.pk == other.pk or enquiry.visitor_id is not None or other.visitor_id is not None:
        return _("只有同样两个单位之间的咨询才能合并")
    if parties_of(enquiry) != parties_of(other):
        return _("只有同样两个单位之间的咨询才能合并")
    if enquiry.undertaking_id is not None and enquiry.undertaking_id == other.undertaking_id:
        return _("这两条咨询已经合并")
    return ""


@transaction.atomic
def join(enquiry: Enquiry, other: Enquiry, *, actor: Actor, rev: Rev = None) -> Enquiry:
    """Show two enquiries as one undertaking; each keeps its own history. Raises Forbidden, Refused, Stale."""
    rows = Enquiry.objects.select_for_update().filter(pk__in=[enquiry.pk, other.pk]).order_by("pk")
    locked = {row.pk: row for row in rows}
    enquiry, other = locked[enquiry.pk], locked[other.pk]
    if not (actor.has_perm(JOIN, enquiry) and actor.has_perm(JOIN, other)):
        raise Forbidden
    if reason := refusal_to_join(enquiry, other):
        raise Refused(reason)
    check(enquiry.rev, rev, enquiry)
    joined = enquiry.undertaking or other.undertaking
    joined = joined or Undertaking.objects.create(joined_by_id=actor.pk)
    for row in (enquiry, other):
        if row.undertaking_id not in {None, joined.pk}:
            # Both were joined with others already: all of them are about one undertaking now.
            Enquiry.objects.filter(undertaking=row.undertaking_id).update(undertaking=joined)
        row.undertaking = joined
        _save(row)
    publish(events.EnquiriesJoined(subject_id=enquiry.pk, other_id=other.pk), actor=actor)
    publish(events.EnquiriesJoined(subject_id=other.pk, other_id=enquiry.pk), actor=actor)
    return enquiry


@transaction.atomic
def separate(enquiry: Enquiry, *, actor: Actor, rev: Rev = None) -> Enquiry:
    """Take an enquiry out of its undertaking. Raises Forbidden, Refused, Stale."""
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if not actor.has_perm(JOIN, enquiry):
        raise Forbidden
    if enquiry.undertaking_id is None:
        raise Refused(_("这条咨询没有合并"))
    check(enquiry.rev, rev, enquiry)
    enquiry.undertaking = None
    _save(enquiry)
    publish(events.EnquirySeparated(subject_id=enquiry.pk), actor=actor)
    return enquiry


def _save(enquiry: Enquiry) -> None:
    enquiry.rev += 1
    enquiry.updated_at = clock.now()
    enquiry.save(update_fields=["undertaking", "rev", "updated_at"])
