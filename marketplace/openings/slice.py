"""What the shells and the pages of tenders and bids need to know of openings."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import NOW, Lists
from marketplace.openings import queries, samples
from marketplace.openings.models import Opening
from marketplace.openings.policies import judged
from marketplace.openings.workflow import Outcome
from marketplace.parties.queries.counting import (
    counted_for_menu,
    counted_for_todos,
    kept_rows,
)
from marketplace.tenders.rulebook import in_words
from marketplace.tenders.workflow import OPEN
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution


@counted_for_menu
def _own(user: Any) -> Lists:
    return {"any": queries.visible_to(user)[:1], "post": queries.to_post(user)}


@counted_for_todos
def _asked(user: Any) -> Lists:
    return {"reveal": queries.to_reveal(user), "complete": queries.to_complete(user, NOW)}


def _concerned(user: Any) -> bool:
    return bool(_own(user)["any"])


def _waiting(user: Any) -> int:
    return _own(user)["post"]


@kept_rows
def _to_post(user: Any) -> QuerySet[Opening]:
    return with_columns(queries.to_post(user), "code", "keepers_until", "tender__title")


def _to_open(user: Any) -> Iterator[Todo]:
    """Openings in which bids wait for a share of this keeper: everybody waits for him."""
    if not _waiting(user):
        return
    for row in _to_post(user):
        title = _("开启密封方案：%(title)s") % {"title": row.tender.title}
        url = reverse("openings:show", args=[row.code])
        text = _("用您的口令打开本人保管的份额")
        yield Todo("lock", title, text, _("去开启"), url, row.keepers_until, urgent=True, order=7)


def _to_reveal(user: Any) -> Iterator[Todo]:
    """Bids whose key is asked for."""
    for row in queries.to_reveal(user) if _asked(user)["reveal"] else ():
        title = _("公开方案的密钥：%(title)s") % {"title": row.opening.tender.title}
        url = reverse("openings:reveal", args=[row.bid.code])
        due = row.reveal_until if row.outcome == Outcome.DISPUTED else row.opening.reveal_until
        text = _("逾期未公开的，方案视为撤销")
        yield Todo("lock", title, text, _("去公开"), url, due, urgent=True, order=6)


def _to_complete(user: Any) -> Iterator[Todo]:
    """Bids on a shortlist whose whole plan is still to come, and can still come."""
    rows = list(queries.to_complete(user)) if _asked(user)["complete"] else []
    over = judged([row.lot_id for row in rows])
    for row in (row for row in rows if row.lot_id not in over):
        title = _("提交完整方案：%(title)s") % {"title": row.opening.tender.title}
        url = reverse("openings:complete", args=[row.bid.code])
        text = _("本单位已入围，发榜方等待完整方案")
        yield Todo("pen", title, text, _("去提交"), url, row.plan_until, urgent=True, order=8)


def _minutes(_user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The opening on the public page of its tender: where it stands, and the way to the minutes. One query."""
    over = [row.pk for row in tenders if row.status not in OPEN]
    found = queries.openings_of(over) if over else {}
    return [
        {"opening": found[row.pk], "plans": _plans(row)} if row.pk in found else None
        for row in tenders
    ]


def _plans(tender: Any) -> list[tuple[Any, str]]:
    """The lots of a call in two steps with the deadlines of their whole plans."""
    if not tender.summary_first:
        return []
    lots = list(tender.lots.all())
    until = queries.plans_until([lot.pk for lot in lots])
    return [(lot, in_words(until[lot.pk])) for lot in lots if lot.pk in until]


def _manage(user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The way to the opening, on the workbench page of a tender. One query."""
    found = queries.openings_of([row.pk for row in tenders])
    return [
        {"opening": found[row.pk], "plans": _plans(row)}
        if row.pk in found and user.has_perm("openings.view_opening", found[row.pk])
        else None
        for row in tenders
    ]


def _outcome(user: Any, bids: Sequence[Any]) -> list[Answer]:
    """On the bidder's page of a bid: what became of it, and who read it."""
    found = queries.rows_of_bids([row.pk for row in bids])
    over = judged([row.lot_id for row in found.values() if row.lacks_plan])
    answers: list[Answer] = []
    for bid in bids:
        row = found.get(bid.pk)
        if row is None or not user.access.in_org(bid.organization_id):
            answers.append(None)
            continue
        asked = row.outcome == Outcome.DISPUTED or row.opening.asked_at is not None
        answers.append(
            {
                "found": row,
                "opening": row.opening,
                "readings": queries.readings_of(row)[:50] if row.is_open else [],
                "asked": row.waits and asked,
                "takes_plan": row.takes_plan(clock.now()) and row.lot_id not in over,
            }
        )
    return answers


SLICE = Slice(
    "openings",
    "marketplace.openings.urls",
    menu=(
        MenuItem(
            gettext_lazy("方案开启"), "openings:list", "lock", "calls", 46, _concerned, _waiting
        ),
    ),
    todos=(_to_open, _to_reveal, _to_complete),
    codes=(CodePage("KB", queries.visible_to, "openings:show"),),
    schedules=(Schedule("openings.tick", every=60.0),),
    samples=Samples("openings", 67, samples.load, samples.remove),
    slots=(
        Contribution("tender.panels", 20, _minutes, "openings/slot_minutes.html"),
        Contribution("tender.manage", 20, _manage, "openings/slot_manage.html"),
        Contribution("bid.panels", 10, _outcome, "openings/slot_bid.html"),
    ),
)
