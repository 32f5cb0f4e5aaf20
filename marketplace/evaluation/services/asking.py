"""Asking one bidder to explain, and the answer. Neither changes a price or a bid."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events, queries
from marketplace.evaluation.models import Explanation, Seat
from marketplace.evaluation.rulebook import LEAST_DAYS, MOST_DAYS, MOST_TEXT
from marketplace.evaluation.services.locking import given, locked, locked_seat
from marketplace.evaluation.workflow import OPEN_PANELS
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import day_of, end_of_day
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused


@transaction.atomic
def ask_explanation(seat: Seat, bid: str, *, text: str, days: int, actor: Actor) -> Explanation:
    """Ask the bidder of one bid. He does not learn which member asks.

    Raises Forbidden, NotVisible, Refused while a question waits, InvalidInput at `text` or `days`.
    """
    seat, now = locked_seat(seat)
    if not actor.has_perm("evaluation.score_seat", seat):
        raise Forbidden
    sheet = queries.sheet_of(seat, bid)
    if sheet is None:
        raise NotVisible
    if not LEAST_DAYS <= days <= MOST_DAYS:
        reason = _("期限为 %(least)d 至 %(most)d 日") % {"least": LEAST_DAYS, "most": MOST_DAYS}
        raise InvalidInput({"days": [reason]})
    row = Explanation(
        panel=seat.panel,
        bid=sheet.bid,
        asked_by=seat,
        asked_at=now,
        question=given(text, at="text", most=MOST_TEXT, needed=_("请写明要说明什么")),
        due_at=end_of_day(day_of(now) + timedelta(days)),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("这份方案已有一个问题在等答复")) from None
    publish(events.ExplanationAsked(subject_id=seat.panel_id, explanation_id=row.pk), actor=None)
    return row


@transaction.atomic
def answer_explanation(explanation: Explanation, text: str, *, actor: Actor) -> Explanation:
    """Answer once, before the time is over. Raises Forbidden, Refused, InvalidInput at `answer`."""
    panel, now = locked(explanation.panel)
    rows = Explanation.objects.select_for_update(of=("self",)).select_related("bid")
    row = rows.get(pk=explanation.pk)
    if not actor.has_perm("evaluation.answer_explanation", row):
        raise Forbidden
    if row.answered_at is not None:
        raise Refused(_("已经答复，不能修改"))
    if now >= row.due_at or panel.status not in OPEN_PANELS:
        raise Refused(_("答复期限已过"))
    row.answer = given(text, at="answer", most=MOST_TEXT, needed=_("请填写说明"))
    row.answered_at, row.answered_by_id = now, actor.pk
    row.save()
    # Without an actor: the history of the panel is read by the purchaser.
    publish(events.ExplanationGiven(subject_id=panel.pk), actor=None)
    return row
