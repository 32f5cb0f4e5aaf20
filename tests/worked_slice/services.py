"""Everything that changes visits."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from tests.worked_slice import events
from tests.worked_slice.models import Visit
from tests.worked_slice.workflow import VISIT, Status

#: So long a host may take to answer.
TIME_TO_ANSWER = timedelta(days=14)
AT_ONCE = 500


@transaction.atomic
def ask_visit(*, guest: Organization, host: Organization, purpose: str, actor: Any) -> Visit:
    """Ask `host` for a visit. Raises Forbidden for who does not work for `guest`, InvalidInput."""
    if not access_of(actor).in_org(guest.pk):
        raise Forbidden(_("只能以本单位名义预约"))
    if guest.pk == host.pk or not host.is_verified:
        raise InvalidInput({"": [_("不能预约这个单位")]})
    answer_by = clock.now() + TIME_TO_ANSWER
    visit = Visit(guest=guest, host=host, purpose=purpose, answer_by=answer_by)
    insert(visit)
    publish(events.VisitAsked(subject_id=visit.pk), actor=actor)
    return visit


@transaction.atomic
def agree_visit(visit: Visit, *, actor: Any, rev: Rev = None) -> Visit:
    """The host agrees. Raises Forbidden, Refused, Stale."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    VISIT.fire("agree", visit, actor)
    check(visit.rev, rev, visit)
    _save(visit)
    publish(events.VisitAgreed(subject_id=visit.pk), actor=actor)
    return visit


def lapse_visits() -> int:
    """End the requests that nobody has answered in time; how many. Called by the clock."""
    late = Visit.objects.filter(status=Status.ASKED, answer_by__lte=clock.now()).order_by("pk")
    return sum(end_visit("lapse", visit.pk) for visit in readable(late[:AT_ONCE]))


def cancel_visits_of(organization_id: int, *, because: Event) -> int:
    """End what a suspended organisation had agreed to or asked for; how many."""
    for_guest = Visit.objects.filter(guest=organization_id)
    open_ones = (for_guest | Visit.objects.filter(host=organization_id)).exclude(
        status=Status.ENDED
    )
    return sum(end_visit("cancel", visit.pk, because=because) for visit in readable(open_ones))


@transaction.atomic
def end_visit(move: str, pk: int, *, because: Event | None = None) -> bool:
    """Make a move that ends the visit; False where it has moved on meanwhile."""
    visit = Visit.objects.select_for_update().get(pk=pk)
    if VISIT.refusal(move, visit, None):
        return False
    VISIT.fire(move, visit, None, because=because)
    _save(visit)
    publish(events.VisitEnded(subject_id=visit.pk, because=move), actor=None)
    return True


def _save(visit: Visit) -> None:
    visit.rev += 1
    visit.updated_at = clock.now()
    visit.save(update_fields=["status", "rev", "updated_at"])
