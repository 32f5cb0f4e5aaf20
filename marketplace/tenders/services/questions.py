"""Questions and answers while bids are taken."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.models import insert
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.tenders import events
from marketplace.tenders.models import Answer, Question, Tender
from marketplace.tenders.rulebook import MOST_TEXT
from marketplace.tenders.services.locking import given, up_to_date
from marketplace.tenders.workflow import OPEN

#: So many unanswered questions of one organisation stand at a time.
MOST_OPEN = 10


@transaction.atomic
def ask(tender: Tender, organization: Organization, text: str, *, actor: Actor) -> Question:
    """Ask something. Everybody reads it with its answer; nobody but the own organisation learns who asks.

    Raises Forbidden, Refused once the time for questions is over, InvalidInput at `text`.
    """
    tender, now = up_to_date(tender)
    if not actor.has_perm("tenders.ask_tender", tender):
        raise Forbidden
    if not access_of(actor).in_org(organization.pk) or organization.pk == tender.owner_id:
        raise Forbidden(_("只能以本单位名义提问"))
    if tender.status not in OPEN:
        raise Refused(_("已截止或终止，不能再提问"))
    if tender.questions_until is None or now >= tender.questions_until:
        raise Refused(_("提问截止时间已过"))
    mine = Question.objects.filter(
        tender=tender, organization=organization, answered_at__isnull=True
    )
    if mine.count() >= MOST_OPEN:
        raise Refused(_("本单位还有 %(most)d 个问题没有答复，请等答复后再问") % {"most": MOST_OPEN})
    row = Question(
        tender=tender,
        organization=organization,
        asked_by_id=actor.pk,
        asked_at=now,
        text=given(text, at="text", most=MOST_TEXT, needed=_("请写下要问的问题")),
    )
    insert(row)
    # Without an actor: the history of a tender is read by the purchaser, who must not learn who asks.
    publish(events.QuestionAsked(subject_id=tender.pk), actor=None)
    return row


@transaction.atomic
def answer(question: Question, text: str, *, actor: Actor) -> Answer:
    """Answer, or answer anew: the question and every answer are public from now on.

    Raises Forbidden, Refused once the deadline has passed, InvalidInput at `text`.
    """
    tender, now = up_to_date(question.tender)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    question.tender = tender
    if not actor.has_perm("tenders.answer_question", question):
        raise Forbidden
    if tender.status not in OPEN:
        raise Refused(_("已截止或终止，不能再答复"))
    said = given(text, at="text", most=MOST_TEXT, needed=_("请填写答复"))
    row = Answer.objects.create(
        question=question, text=said, answered_by_id=actor.pk, answered_at=now
    )
    again = question.answered_at is not None
    if not again:
        question.answered_at = now
        question.save(update_fields=["answered_at"])
    publish(
        events.QuestionAnswered(subject_id=tender.pk, question_id=question.pk, again=again),
        actor=actor,
    )
    return row
