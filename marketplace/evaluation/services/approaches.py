"""Recording that somebody tried to influence an evaluation. The authority alone reads it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events
from marketplace.evaluation.models import Approach, Panel
from marketplace.evaluation.rulebook import MOST_LINE, MOST_TEXT
from marketplace.evaluation.services.locking import given
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput


@transaction.atomic
def record_approach(
    panel: Panel, *, who: str, happened_on: date, text: str, actor: Actor
) -> Approach:
    """Keep it for ever. Raises Forbidden, InvalidInput."""
    if not actor.has_perm("evaluation.approach_panel", panel):
        raise Forbidden
    if happened_on > clock.today():
        raise InvalidInput({"happened_on": [_("日期不能晚于今天")]})
    row = Approach(
        panel=panel,
        recorded_by_id=actor.pk,
        recorded_at=clock.now(),
        happened_on=happened_on,
        who=given(who, at="who", most=MOST_LINE, needed=_("请写明是谁")),
        text=given(text, at="text", most=MOST_TEXT, needed=_("请写明经过")),
    )
    row.save()
    # Without an actor and under a subject of its own: no history of a panel shows it.
    publish(events.ApproachRecorded(subject_id=row.pk), actor=None)
    return row
