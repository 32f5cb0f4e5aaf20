"""Scores: a draft for each bid, and the lock after which nothing changes any more."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events, queries
from marketplace.evaluation.models import Score, Seat, Sheet
from marketplace.evaluation.rulebook import MOST_REASON, read_points
from marketplace.evaluation.services.forming import settle
from marketplace.evaluation.services.locking import locked_seat, save
from marketplace.evaluation.services.seats import drop_conflicted
from marketplace.evaluation.workflow import SEAT
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.openings import queries as openings
from marketplace.tenders.rulebook import in_words


@transaction.atomic
def save_scores(
    seat: Seat,
    bid: str,
    points: Mapping[int, str],
    comments: Mapping[int, str],
    *,
    actor: Actor,
    rev: Rev = None,
) -> Sheet:
    """Keep the scores for a bid as a draft. `points` and `comments` by number of criterion; "" is not scored yet.

    Raises Forbidden, NotVisible for no bid of the lot, Refused once locked or out, Stale, InvalidInput at
    `points_<number>` or `comment_<number>`, and at `scores` for a criterion that members do not score.
    """
    seat, now = locked_seat(seat)
    if seat.locked_at is not None:
        raise Refused(_("评分已锁定，不能再修改"))
    if not actor.has_perm("evaluation.score_seat", seat):
        raise Forbidden
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("bid")
    sheet = rows.filter(seat=seat, bid__code=bid).first()
    if sheet is None:
        raise NotVisible
    if sheet.bid_id in queries.excluded_of(seat.panel):
        raise Refused(_("这份方案已被否决，不再评分"))
    check(sheet.rev, rev, sheet)
    criteria = queries.to_score(queries.criteria_of(seat.panel.lot))
    read, errors = _read(points, comments, [row.number for row in criteria])
    if errors:
        raise InvalidInput(errors)
    sheet.scores.all().delete()
    Score.objects.bulk_create(
        [
            Score(
                sheet=sheet,
                criterion=row,
                points=read[row.number],
                comment=comments.get(row.number, "").strip(),
            )
            for row in criteria
            if row.number in read
        ]
    )
    sheet.saved_at = now
    save(sheet)
    return sheet


def _read(
    points: Mapping[int, str], comments: Mapping[int, str], numbers: list[int]
) -> tuple[dict[int, Decimal], dict[str, list[object]]]:
    read: dict[int, Decimal] = {}
    errors: dict[str, list[object]] = {}
    if any(number not in numbers for number in (*points, *comments)):
        errors["scores"] = [_("没有这一项评审因素，或者它不由成员打分")]
    for number in numbers:
        typed = points.get(number, "").strip()
        if typed:
            found = read_points(typed)
            if found is None:
                errors[f"points_{number}"] = [_("请填写 0 到 100 的分数，最多两位小数")]
            else:
                read[number] = found
        comment = comments.get(number, "").strip()
        if len(comment) > MOST_REASON:
            errors[f"comment_{number}"] = [_("最多 %(most)d 个字") % {"most": MOST_REASON}]
        elif comment and not typed:
            errors[f"points_{number}"] = [_("写了意见的，请同时打分")]
    return read, errors


@transaction.atomic
def lock_scores(seat: Seat, *, actor: Actor, rev: Rev = None) -> Seat:
    """Lock the own scores for ever. With the last lock all members see all scores.

    A conflict that is computed by now recuses the member instead. Raises Forbidden, Refused while a bid is not
    scored, a proposal to exclude one is open or a whole plan may still come in, Stale.
    """
    seat, now = locked_seat(seat)
    SEAT.fire("lock", seat, actor, at=now)
    check(seat.rev, rev, seat)
    if missing := queries.missing_of(seat, seat.panel):
        raise Refused(_("还有方案没有打完分：%(codes)s") % {"codes": "、".join(missing)})
    if any(not row.is_agreed for row in queries.rejections_of(seat.panel)):
        raise Refused(_("还有否决提议没有结果，请先处理"))
    if until := openings.plan_awaited(seat.panel.lot, now):
        reason = _("入围单位可在 %(at)s 之前提交完整方案，截止或全部提交后再锁定评分")
        raise Refused(reason % {"at": in_words(until)})
    unlocked, _now = locked_seat(seat)
    if drop_conflicted(unlocked, now):
        return unlocked
    seat.locked_at = now
    save(seat)
    publish(events.SeatLocked(subject_id=seat.panel_id), actor=None)
    settle(seat.panel, now)
    return seat
