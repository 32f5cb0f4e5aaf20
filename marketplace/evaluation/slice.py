"""What the shells and the pages of tenders need to know of evaluations."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.evaluation import queries, samples
from marketplace.evaluation.policies import OVERSEERS
from marketplace.evaluation.workflow import PanelStatus, SeatStatus
from marketplace.kernel import clock
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import counted_for_menu, counted_for_todos
from marketplace.tenders.workflow import PAST_DEADLINE, Stage
from marketplace.web.slices import CodePage, MenuItem, ReviewQueue, Samples, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution

MOST = 20


def _signed_in(user: Any) -> bool:
    return bool(user.is_authenticated)


def _keeps(user: Any) -> bool:
    return access_of(user).has(Role.OPERATOR, *OVERSEERS)


def _works(user: Any) -> bool:
    return _keeps(user) or bool(access_of(user).orgs)


def _rules(user: Any) -> bool:
    return access_of(user).has(Role.AUTHORITY)


_DO = {
    SeatStatus.INVITED: (gettext_lazy("答复评审邀请"), gettext_lazy("去答复")),
    SeatStatus.ACCEPTED: (gettext_lazy("声明有无利害关系"), gettext_lazy("去声明")),
    SeatStatus.CLEARED: (gettext_lazy("评分"), gettext_lazy("去评分")),
    SeatStatus.LOCKED: (gettext_lazy("签署评审报告"), gettext_lazy("去签署")),
}


@counted_for_todos
def _waits(user: Any) -> Lists:
    """The lists behind the to-dos. Seats are counted whatever they wait for."""
    access = access_of(user)
    forms = access.has(Role.OPERATOR) or bool(access.binding)
    return {
        "seats": queries.open_seats(user),
        **({"lots": queries.lots_to_form(user)} if forms else {}),
        "panels": _prepared(user),
        "explain": queries.explanations_to_answer(user),
        "returned": queries.returned_to(user),
    }


def _prepared(user: Any) -> Any:
    return queries.panels_at_work(user).filter(status=PanelStatus.PREPARED)


def _to_judge(user: Any) -> Iterator[Todo]:
    """What a member of a panel does next."""
    if not _waits(user)["seats"]:
        return
    for row in queries.seats_to_do(user, clock.now())[:MOST]:
        title, action = _DO[SeatStatus(row.status)]
        waits = row.status in {SeatStatus.INVITED, SeatStatus.ACCEPTED}
        yield Todo(
            "gavel",
            str(title),
            row.panel.lot.tender.title,
            str(action),
            reverse("evaluation:seat", args=[row.panel.code]),
            row.due_at if waits else row.panel.lot.tender.results_until,
            urgent=waits,
            order=8,
        )
    for row in queries.to_report(user)[:MOST]:
        url = reverse("evaluation:seat", args=[row.panel.code])
        yield Todo(
            "gavel", _("出具评审报告"), row.panel.lot.tender.title, _("去汇总"), url, order=8
        )


def _to_form(user: Any) -> Iterator[Todo]:
    """Open lots that wait for a panel."""
    waits = _waits(user)
    lots = list(queries.lots_to_form(user)[:MOST]) if waits["lots"] else []
    asked = queries.requests_of([lot.pk for lot in lots]) if lots else {}
    for lot in lots:
        url = reverse("evaluation:assemble", args=[lot.tender.code, lot.number])
        due = lot.tender.results_until
        text = _("发榜单位提请抽取评审专家") if lot.pk in asked else _("等待组织评审")
        yield Todo("gavel", lot.tender.title, text, _("去组织"), url, due, order=14)
    for panel in _prepared(user)[:MOST] if waits["panels"] else ():
        url = reverse("evaluation:panel", args=[panel.code])
        yield Todo("gavel", panel.lot.tender.title, _("等待抽取专家"), _("去抽取"), url, order=14)


def _to_explain(user: Any) -> Iterator[Todo]:
    """Questions of a panel about a bid of an organisation that the person binds."""
    if not _waits(user)["explain"]:
        return
    for row in queries.explanations_to_answer(user)[:MOST]:
        url = reverse("evaluation:explain", args=[row.bid.code])
        title = _("评审组请您说明：%(title)s") % {"title": row.panel.lot.tender.title}
        yield Todo("warn", title, row.bid.code, _("去说明"), url, row.due_at, True, order=7)


def _to_mend(user: Any) -> Iterator[Todo]:
    """An application that came back."""
    row = queries.expert_of(user) if _waits(user)["returned"] else None
    if row is not None:
        url = reverse("evaluation:profile")
        yield Todo("pen", _("修改专家资料"), row.reason, _("去修改"), url, order=24)


def _queue(user: Any) -> Any:
    return queries.experts_to_review(user)


@counted_for_menu
def _applied(user: Any) -> Lists:
    return {"experts": queries.experts_to_review(user)}


def _waiting(user: Any) -> int:
    return _applied(user)["experts"]


def _public(_user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The panels of a tender: what was published before the draw, the result, and at last names and seed."""
    past = [row.pk for row in tenders if row.status in PAST_DEADLINE]
    found = queries.published_panels(past) if past else {}
    return [
        {
            "panels": found[row.pk],
            "draws": any(not one.panel.by_reader for one in found[row.pk]),
        }
        if row.pk in found
        else None
        for row in tenders
    ]


def _managed(user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """On the page of the purchaser and the operator: who may form a panel, and how far the panels are."""
    past = [row for row in tenders if row.status in PAST_DEADLINE]
    panels = queries.panels_of_tenders([row.pk for row in past]) if past else {}
    found: list[Answer] = []
    for row in tenders:
        if row not in past:
            found.append(None)
            continue
        own = panels.get(row.pk, [])
        busy = {panel.lot_id for panel in own if panel.is_open}
        lots = [
            lot
            for lot in row.lots.all()
            if lot.stage in {Stage.OPENED, Stage.EVALUATING} and lot.pk not in busy
        ]
        sees = access_of(user).in_org(row.owner_id) or _keeps(user)
        asked = queries.requests_of([lot.pk for lot in lots]) if sees and lots else {}
        shown = [(lot, asked.get(lot.pk)) for lot in lots]
        # Where the purchaser may name a reader it may ask for a drawn panel too.
        asks = row.ruled_by.readers == 1 and access_of(user).binds(row.owner_id)
        answer = {"panels": own, "lots": shown, "asks": asks, "forms": asks or _keeps(user)}
        found.append(answer if sees and (own or lots) else None)
    return found


def _asked(user: Any, bids: Sequence[Any]) -> list[Answer]:
    """On the bidder's page of a bid: what the panel asks, and what was answered. One query."""
    found = queries.explanations_for(user, [row.pk for row in bids])
    return [{"asked": found[row.pk]} if row.pk in found else None for row in bids]


SLICE = Slice(
    "evaluation",
    "marketplace.evaluation.urls",
    menu=(
        # Shown to everybody: whether somebody sits in a panel would be one more question of each page.
        MenuItem(gettext_lazy("我的评审"), "evaluation:desk", "gavel", "account", 59, _signed_in),
        MenuItem(
            gettext_lazy("我的专家资料"), "evaluation:profile", "user", "account", 60, _signed_in
        ),
        MenuItem(gettext_lazy("评审组"), "evaluation:panels", "gavel", "calls", 61, _works),
        MenuItem(gettext_lazy("评审专家库"), "evaluation:experts", "users", "manage", 79, _keeps),
        MenuItem(
            gettext_lazy("打招呼记录"), "evaluation:approaches", "shield", "manage", 80, _rules
        ),
    ),
    todos=(_to_judge, _to_form, _to_explain, _to_mend),
    reviews=(
        ReviewQueue(
            gettext_lazy("评审专家"),
            "evaluation:expert",
            26,
            _queue,
            _waiting,
            "evaluation/queue.html",
        ),
    ),
    codes=(
        CodePage("ZJ", queries.experts_visible_to, "evaluation:expert"),
        CodePage("PS", queries.panels_visible_to, "evaluation:panel"),
    ),
    schedules=(Schedule("evaluation.tick", every=300.0),),
    samples=Samples("experts", 69, samples.load, samples.remove),
    slots=(
        Contribution("tender.panels", 25, _public, "evaluation/slot_public.html"),
        Contribution("tender.manage", 25, _managed, "evaluation/slot_manage.html"),
        Contribution("bid.panels", 5, _asked, "evaluation/slot_bid.html"),
    ),
)
