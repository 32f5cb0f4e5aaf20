"""Who learns what of experts and panels. No notice to others names a member."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.awards.events import ResultReopened
from marketplace.evaluation import events, queries, services
from marketplace.evaluation.models import Expert, Explanation, Panel, PanelRequest, Seat
from marketplace.evaluation.policies import chair_of
from marketplace.evaluation.workflow import SeatStatus
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.policies import Role
from marketplace.tenders.events import TenderCancelled
from marketplace.tenders.models import Tender

kinds.register("evaluation.expert", _("评审专家资料"))
kinds.register("evaluation.seat", _("评审邀请和进展"))
kinds.register("evaluation.panel", _("评审组的进展"))
kinds.register("evaluation.explanation", _("评审中的澄清"))
kinds.register("evaluation.approach", _("打招呼记录"))


@on(events.ExpertDecided, events.ExpertResumed)
def tell_expert(event: Event) -> None:
    """An expert learns what became of the application."""
    row = Expert.objects.select_related("person").filter(pk=event.subject_id).first()
    if row is None:
        return
    notify(
        "evaluation.expert",
        [row.person],
        title=_("您的专家资料：%(state)s"),
        params={"state": row.get_status_display()},
        body=_("%(reason)s") if row.reason else "",
        url=reverse("evaluation:profile"),
        subject=(events.EXPERT, row.pk),
    )


@on(events.PanelAsked)
def tell_operators(event: events.PanelAsked) -> None:
    """The operators who may draw learn that a purchaser asks for a panel."""
    rows = PanelRequest.objects.select_related("lot__tender__owner")
    row = rows.filter(pk=event.subject_id, ended_at__isnull=True).first()
    if row is None:
        return
    people = parties.people_with_role(Role.OPERATOR)
    notify(
        "evaluation.panel",
        [one for one in people if one.has_perm("evaluation.draw_lot", row.lot)],
        title=_("“%(title)s”的发榜单位提请抽取评审专家"),
        params={"title": row.lot.tender.title},
        url=reverse("evaluation:assemble", args=[row.lot.tender.code, row.lot.number]),
        subject=(events.REQUEST, row.pk),
    )


@on(events.SeatInvited)
def invite_member(event: events.SeatInvited) -> None:
    """Who was drawn learns of it, nobody else."""
    row = Seat.objects.select_related("panel", "person").filter(pk=event.seat_id).first()
    if row is not None and row.status == SeatStatus.INVITED:
        _tell_members(row.panel, [row], _("邀请您参加一次评审，请在期限内答复"))


@on(events.ScoringBegan)
def tell_scoring(event: events.ScoringBegan) -> None:
    """The members learn that they can score."""
    panel = _panel(event)
    if panel is not None:
        rows = [seat for seat in queries.sitting_of(panel) if seat.status == SeatStatus.CLEARED]
        _tell_members(panel, rows, _("评审组已组成，请阅读方案并评分"))


@on(events.ExclusionProposed)
def tell_exclusion(event: events.ExclusionProposed) -> None:
    """The members learn that a proposal waits; who made it is not said."""
    panel = _panel(event)
    if panel is not None and not panel.by_reader:
        _tell_members(panel, queries.sitting_of(panel), _("有成员提议否决一份方案，请查看"))


@on(events.ScoringClosed)
def tell_chair(event: events.ScoringClosed) -> None:
    """The chair issues the report."""
    panel = _panel(event)
    chair = chair_of(panel) if panel is not None else None
    if panel is not None and chair is not None:
        _tell_members(panel, [chair], _("评分已全部锁定，请您汇总并出具评审报告"))


@on(events.ReportIssued)
def tell_signing(event: events.ReportIssued) -> None:
    """The members sign."""
    panel = _panel(event)
    if panel is not None:
        _tell_members(panel, queries.sitting_of(panel), _("评审报告已出具，请核对并签署"))


@on(events.PanelDissolved)
def tell_released(event: events.PanelDissolved) -> None:
    """Those who sat learn that it is over."""
    panel = _panel(event)
    if panel is not None:
        rows = [row for row in queries.members_of(panel) if row.status == SeatStatus.RELEASED]
        _tell_members(panel, rows, _("您参加的评审组已解散，无需再评审"))


@on(events.SeatVacated, events.PoolExhausted, events.PanelReported)
def tell_runners(event: Event) -> None:
    """Whoever forms the panel learns that a seat is empty, and that the work is done."""
    panel = _panel(event)
    if panel is None:
        return
    titles = {
        events.SeatVacated: _("评审组 %(code)s 有成员不能参加，系统已按抽取顺序补抽"),
        events.PoolExhausted: _("评审组 %(code)s 的候选专家已用尽，请解散后重新组建"),
        events.PanelReported: _("评审组 %(code)s 已完成评审"),
    }
    title: Any = titles[type(event)]
    if panel.by_reader:
        people: Iterable[Any] = parties.binders_of(panel.owner_id)
        if isinstance(event, events.SeatVacated):
            title = _("评审组 %(code)s 的评审人不能参加，请解散后另行指定")
    else:
        people = [
            one
            for one in parties.people_with_role(Role.OPERATOR)
            if one.has_perm("evaluation.run_panel", panel)
        ]
    notify(
        "evaluation.panel",
        people,
        title=title,
        params={"code": panel.code},
        url=reverse("evaluation:panel", args=[panel.code]),
        subject=(events.PANEL, panel.pk),
    )


@on(events.ExplanationAsked)
def ask_bidder(event: events.ExplanationAsked) -> None:
    """Who binds the bidder learns of the question, not who asks."""
    rows = Explanation.objects.select_related("bid__tender")
    row = rows.filter(pk=event.explanation_id).first()
    if row is None:
        return
    notify(
        "evaluation.explanation",
        parties.binders_of(row.bid.organization_id),
        title=_("评审组请您说明：%(title)s"),
        params={"title": row.bid.tender.title},
        url=reverse("evaluation:explain", args=[row.bid.code]),
        subject=("bids.bid", row.bid_id),
    )


@on(events.ExplanationGiven)
def tell_answer(event: events.ExplanationGiven) -> None:
    """The members learn that a bidder has answered."""
    panel = _panel(event)
    if panel is not None:
        _tell_members(panel, queries.sitting_of(panel), _("投标人已答复评审组的问题"))


@on(events.ApproachRecorded)
def tell_authority(event: events.ApproachRecorded) -> None:
    """The authority learns that there is something to read. What it is stands on its page alone."""
    notify(
        "evaluation.approach",
        parties.people_with_role(Role.AUTHORITY),
        title=_("有一条新的打招呼记录"),
        url=reverse("evaluation:approaches"),
        subject=(events.APPROACH, event.subject_id),
    )


@on(TenderCancelled)
def end_panels(event: TenderCancelled) -> None:
    """Panels of a cancelled tender end with it; their members are released and read nothing any more."""
    row = Tender.objects.filter(pk=event.subject_id).first()
    if row is not None:
        services.end_panels(row)


@on(ResultReopened)
def tell_again(event: ResultReopened) -> None:
    """Operators learn that a lot is evaluated again; whoever binds the purchaser reads it on the tender."""
    notify(
        "evaluation.panel",
        parties.people_with_role(Role.OPERATOR),
        title=_("一个标段须重新评审，请组织评审组"),
        url=reverse("evaluation:panels"),
        subject=("awards.result", event.subject_id),
    )


def _panel(event: Event) -> Panel | None:
    rows = Panel.objects.select_related("lot__tender__owner")
    return rows.filter(pk=event.subject_id).first()


def _tell_members(panel: Panel, seats: Iterable[Seat], title: Any) -> None:
    notify(
        "evaluation.seat",
        [seat.person for seat in seats],
        title=title,
        url=reverse("evaluation:seat", args=[panel.code]),
        subject=(events.PANEL, panel.pk),
    )
