"""Whether the two sides of an introduction have met: asked ten days after it, answered by one click.

An introduction that has an enquiry, or whose pair has one about the same listing, is asked about there
(`enquiries.services.ask_whether_they_met`). All others are asked about on their own page.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries
from marketplace.brokerage.models import Introduction, IntroductionSide
from marketplace.brokerage.workflow import IntroductionStatus
from marketplace.enquiries.models import MetQuestion
from marketplace.enquiries.rulebook import MET_AFTER
from marketplace.enquiries.services import ask_whether_they_met
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.unreadable import readable
from marketplace.parties.policies import access_of

AT_ONCE = 500
#: Claims that are over ask nobody anything.
_OVER = (IntroductionStatus.WITHDRAWN, IntroductionStatus.REJECTED)


def plan_question(row: Introduction) -> None:
    """Set when both sides are asked; said again it changes nothing."""
    enquiry = queries.enquiry_of_pair(row)
    if enquiry is not None:
        ask_whether_they_met(enquiry, occasion=f"introduction:{row.code}", at=row.at)
    else:
        unplanned = Introduction.objects.filter(pk=row.pk, ask_met_at=None)
        unplanned.update(ask_met_at=row.at + MET_AFTER)


def ask_due_questions() -> int:
    """Ask both sides of the introductions whose day has come; how many. Called by the clock."""
    due = Introduction.objects.filter(ask_met_at__lte=clock.now(), met_asked_at=None)
    due = due.exclude(status__in=_OVER).order_by("pk")
    return sum(_ask(row.pk) for row in readable(due[:AT_ONCE]))


@transaction.atomic
def _ask(pk: int) -> bool:
    row = Introduction.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.met_asked_at is not None or row.status in _OVER:
        return False
    row.met_asked_at = clock.now()
    row.save(update_fields=["met_asked_at"])
    publish(events.MeetingAsked(subject_id=row.pk), actor=None)
    return True


@transaction.atomic
def answer_met(
    introduction: Introduction, *, answer: str, actor: Any, side: str = ""
) -> IntroductionSide:
    """Say whether the other side got in touch, for the side of this code, or "" for the own one.

    The last answer of a side counts. Raises Forbidden for who does not bind the side, InvalidInput at
    `side` or `answer`, Refused before it is asked.
    """
    row = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    if not actor.has_perm("brokerage.answer_introduction", introduction):
        raise Forbidden
    if row.met_asked_at is None:
        raise Refused(_("还没有到询问的日期"))
    if answer not in MetQuestion.Answer.values:
        raise InvalidInput({"answer": [_("请从列表中选择")]})
    sides = list(row.sides.select_related("organization"))
    held = [one for one in sides if access_of(actor).binds(one.organization_id)]
    if side:
        held = [
            one for one in held if one.organization is not None and one.organization.code == side
        ]
    if len(held) != 1:
        raise InvalidInput({"side": [_("请选择以哪一方答复")]})
    [mine] = held
    if mine.met != answer:
        mine.met, mine.met_at = answer, clock.now()
        mine.save(update_fields=["met", "met_at"])
        event = events.MeetingAnswered(
            subject_id=row.pk, answer=answer, organization_id=mine.organization_id or 0
        )
        publish(event, actor=actor)
    return mine
