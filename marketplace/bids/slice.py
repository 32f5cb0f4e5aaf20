"""What the shells and the pages of tenders need to know of bids."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.bids import queries, samples
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_todos
from marketplace.tenders.workflow import PAST_DEADLINE
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, SiteLink, Slice, Todo
from marketplace.web.slots import Answer, Contribution

MOST = 20


def _works(user: Any) -> bool:
    return bool(access_of(user).orgs)


@counted_for_todos
def _waits(user: Any) -> Lists:
    return {"confirm": queries.to_confirm(user), "finish": queries.to_finish(user)}


def _to_confirm(user: Any) -> Iterator[Todo]:
    """Bids that answer to earlier terms: unconfirmed at the deadline, they are not opened."""
    if not _waits(user)["confirm"]:
        return
    columns = ("code", "tender__title", "tender__deadline")
    for row in with_columns(queries.to_confirm(user), *columns)[:MOST]:
        title = _("确认或重新提交方案：%(title)s") % {"title": row.tender.title}
        url = reverse("bids:show", args=[row.code])
        due = row.tender.deadline
        yield Todo("warn", title, _("公告有变更"), _("去确认"), url, due, order=9)


def _to_finish(user: Any) -> Iterator[Todo]:
    """Drafts that may still be handed in; a seal on paper takes three working days.

    While the call is suspended nothing can be handed in, and no instant is known by which it must.
    """
    if not _waits(user)["finish"]:
        return
    for row in queries.to_finish(user)[:MOST]:
        url = reverse("bids:show", args=[row.code])
        if row.tender.stands_still:
            title = _("准备方案：%(title)s") % {"title": row.tender.title}
            text = _("征集已暂停，恢复后才能提交")
            yield Todo("pen", title, text, _("去查看"), url, order=21)
            continue
        title = _("提交方案：%(title)s") % {"title": row.tender.title}
        text = _("盖章通常要三个工作日，请提前办理")
        yield Todo("pen", title, text, _("去完成"), url, row.tender.deadline, order=21)


def _bid(user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The button beside the title of a tender: begin, or one's own bid. One query."""
    if not user.is_authenticated:
        return [{"begins": row.takes_bids_now} if row.takes_bids_now else None for row in tenders]
    mine = queries.live_of(user, [row.pk for row in tenders])
    found: list[Answer] = []
    for row in tenders:
        begins = row.takes_bids_now and user.has_perm("bids.enter_tender", row)
        own = mine.get(row.pk)
        found.append({"begins": begins, "bid": own} if begins or own else None)
    return found


def _closing(_user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """What was in at the deadline, for everybody. Before the deadline there is no row. One query."""
    closed = [row.pk for row in tenders if row.status in PAST_DEADLINE]
    found = queries.closing_of(closed) if closed else {}
    return [{"closing": found[row.pk]} if row.pk in found else None for row in tenders]


SLICE = Slice(
    "bids",
    "marketplace.bids.urls",
    menu=(MenuItem(gettext_lazy("我的方案"), "bids:own", "doc", "calls", 45, _works),),
    links=(SiteLink("help", gettext_lazy("方案回执"), "bids:receipts", 60),),
    todos=(_to_confirm, _to_finish),
    codes=(CodePage("TB", queries.visible_to, "bids:show"),),
    schedules=(Schedule("bids.tick", every=60.0),),
    samples=Samples("bids", 64, samples.load, samples.remove),
    slots=(
        Contribution("tender.actions", 10, _bid, "bids/slot_bid.html"),
        Contribution("tender.panels", 10, _closing, "bids/slot_closing.html"),
    ),
)
