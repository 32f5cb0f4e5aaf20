"""Sample panels that judge, and the removal of what sample accounts judged and of sample experts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.deletion import ProtectedError

from marketplace.awards.models import Result
from marketplace.evaluation import queries
from marketplace.evaluation.models import (
    Approach,
    Expert,
    Explanation,
    Panel,
    PanelRequest,
    Rejection,
    Score,
    Seat,
    Sheet,
)
from marketplace.evaluation.rulebook import PLEDGE
from marketplace.evaluation.services.forming import draw_panel, prepare_panel
from marketplace.evaluation.services.reporting import issue_report, sign_report
from marketplace.evaluation.services.scoring import lock_scores, save_scores
from marketplace.evaluation.services.seats import accept_seat, declare
from marketplace.kernel import clock
from marketplace.parties.models import User
from marketplace.tenders.models import Tender
from marketplace.tenders.services.samples import working_hour
from marketplace.web.slices import Kept


def form_sample(tender: Tender, fields: Sequence[str], operator: User) -> Panel:
    """Sample experts of these fields are drawn, accept, and declare that they have no conflict."""
    lot = tender.lots.select_related("tender__owner").get(number=1)
    panel = prepare_panel(lot, size=_SIZE, fields=fields, actor=operator)
    panel = draw_panel(panel, actor=operator)
    clear: dict[str, str | None] = {row.bid.code: None for row in queries.bids_of(lot)}
    for seat in queries.sitting_of(panel):
        accepted = accept_seat(seat, pledge=PLEDGE, actor=seat.person)
        declare(accepted, clear, actor=seat.person)
    return Panel.objects.select_related("lot__tender").get(pk=panel.pk)


def finish_sample(
    panel: Panel, said: Mapping[str, tuple[int, str]], conclusion: str
) -> tuple[Result, datetime]:
    """Everybody scores, locks and signs. `said` has points and a comment for each bid, by its code.

    The panel was drawn on the first working day after the deadline, and reported two days later; the second value.
    """
    criteria = queries.to_score(queries.criteria_of(panel.lot))
    for place, seat in enumerate(queries.sitting_of(panel)):
        for bid, (points, comment) in said.items():
            # Members differ by a point, as people do.
            typed = {row.number: str(points - (place + row.number) % 3) for row in criteria}
            save_scores(seat, bid, typed, {criteria[0].number: comment}, actor=seat.person)
        seat.refresh_from_db()
        lock_scores(seat, actor=seat.person)
    panel.refresh_from_db()
    chair = queries.sitting_of(panel)[0]
    panel = issue_report(panel, conclusion=conclusion, actor=chair.person)
    for seat in queries.sitting_of(panel):
        sign_report(seat, report_hash=panel.report_hash, actor=seat.person)
    now, deadline = clock.database_now(), panel.lot.tender.deadline
    if deadline is None:
        raise TypeError("what was judged had a deadline")
    drawn = min(working_hour(clock.day_of(deadline) + timedelta(1), _HOUR), now)
    reported = min(working_hour(clock.day_of(drawn) + timedelta(2), _HOUR), now)
    before, by = now - drawn, now - reported
    Panel.objects.filter(pk=panel.pk).update(
        prepared_at=F("prepared_at") - before,
        drawn_at=F("drawn_at") - before,
        closed_at=F("closed_at") - by,
        reported_at=F("reported_at") - by,
        finished_at=F("finished_at") - by,
    )
    panel.seats.update(
        due_at=F("due_at") - before,
        answered_at=F("answered_at") - before,
        declared_at=F("declared_at") - before,
        locked_at=F("locked_at") - by,
        signed_at=F("signed_at") - by,
    )
    result = Result.objects.select_related("tender__owner", "lot").get(lot=panel.lot)
    return result, reported


#: Members of a sample panel, and the hour at which it meets.
_SIZE, _HOUR = 5, 10


@transaction.atomic
def remove_samples() -> tuple[dict[str, int], list[Kept]]:
    """Delete sample panels with everything in them, then sample experts; one who sits in a real panel stays."""
    panels = Panel.objects.filter(is_sample=True)
    Score.objects.filter(sheet__seat__panel__in=panels).delete()
    Sheet.objects.filter(seat__panel__in=panels).delete()
    Rejection.objects.filter(panel__in=panels).delete()
    Explanation.objects.filter(panel__in=panels).delete()
    Approach.objects.filter(panel__in=panels).delete()
    Seat.objects.filter(panel__in=panels).delete()
    PanelRequest.objects.filter(lot__tender__is_sample=True).delete()
    gone = panels.count()
    panels.delete()
    experts, kept = 0, []
    for row in Expert.objects.filter(is_sample=True):
        try:
            with transaction.atomic():
                row.delete()
                experts += 1
        except ProtectedError as error:
            kept.append(Kept(row.code, str(next(iter(error.protected_objects)))))
    return {"panels": gone, "experts": experts}, kept
