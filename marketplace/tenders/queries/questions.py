"""Questions and answers: all that were answered for everybody, the others for the two sides."""

from typing import Any

from django.db.models import Q, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import access_of
from marketplace.tenders.models import Question, Tender
from marketplace.tenders.workflow import LIVE


def _rows() -> QuerySet[Question]:
    return Question.objects.select_related("tender").prefetch_related("answers")


def questions_visible_to(actor: Actor) -> QuerySet[Question]:
    """The twin of `tenders.view_question`."""
    mine = list(access_of(actor).orgs)
    seen = Q(answered_at__isnull=False) | Q(organization_id__in=mine)
    return _rows().filter(seen | Q(tender__owner_id__in=mine)).order_by("id")


def published_questions(tender: Tender) -> QuerySet[Question]:
    """What was answered, in the order in which it was asked."""
    return _rows().filter(tender=tender, answered_at__isnull=False).order_by("id")


def unanswered(tender: Tender) -> QuerySet[Question]:
    """What waits for an answer, the oldest first."""
    return _rows().filter(tender=tender, answered_at__isnull=True).order_by("id")


def unanswered_for(actor: Actor) -> QuerySet[Question]:
    """What waits for an answer of the person's organisations."""
    rows = _rows().filter(answered_at__isnull=True, tender__status__in=LIVE)
    return rows.filter(tender__owner_id__in=list(access_of(actor).orgs)).order_by("id")


def mine_of(tender: Tender, actor: Actor) -> QuerySet[Question]:
    """What the person's own organisations have asked and nobody has answered yet."""
    return unanswered(tender).filter(organization_id__in=list(access_of(actor).orgs))


def askers_of(tender: Tender) -> list[Any]:
    """The people who asked, for a notice to each of them alone."""
    rows = Question.objects.filter(tender=tender).select_related("asked_by")
    return list({row.asked_by_id: row.asked_by for row in rows}.values())
