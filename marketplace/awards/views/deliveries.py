"""The work after an award: for the two sides and the authority."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.awards import events, queries, services
from marketplace.awards.forms import (
    AcceptForm,
    ClaimForm,
    DecisionForm,
    FindingForm,
    InspectForm,
    ReportForm,
    SummaryForm,
)
from marketplace.awards.models import DELIVERY_FILES, Milestone, TaskBook
from marketplace.awards.views.shared import PersonRequest, act_on, form_maker
from marketplace.awards.workflow import DELIVERY, MILESTONE, UNDER_WAY
from marketplace.files.queries import attachments_of
from marketplace.journal.queries import history
from marketplace.kernel.errors import Refused
from marketplace.web.acts import Act
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def deliveries(request: PersonRequest) -> HttpResponse:
    """The work of the own organisations; the authority's list has all."""
    page = paginate(request, queries.deliveries_visible_to(request.user))
    return render_page(request, "awards/deliveries.html", {"page": page})


def _one(request: PersonRequest, code: str) -> TaskBook:
    return fetch(
        queries.deliveries_visible_to(request.user),
        code,
        actor=request.user,
        view="awards.view_delivery",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delivery(request: PersonRequest, code: str) -> HttpResponse:
    """One with milestones, acceptance and inspections; a POST does what the reader chose."""
    row = _one(request, code)

    def shown(now: TaskBook) -> tuple[str, dict[str, Any]]:
        return "awards/delivery.html", {
            "delivery": now,
            "tender": now.tender,
            "milestones": list(now.milestones.all()),
            "judgements": list(now.judgements.all()),
            "inspections": list(now.inspections.all()),
            "files": list(attachments_of(DELIVERY_FILES, now.pk)),
            "history": history(events.DELIVERY, now.pk),
        }

    return act_on(
        request,
        row,
        acts_of=lambda now, chosen: _acts(request, now, chosen),
        deeds=_DO,
        again=lambda: _one(request, code),
        shown=shown,
        leads_to=("awards:delivery", [row.code]),
    )


def _acts(request: PersonRequest, row: TaskBook, chosen: str) -> list[Act]:
    form = form_maker(request, chosen)
    user = request.user
    acts = [act for one in row.milestones.all() for act in _milestone_acts(user, row, one, form)]
    moves = {move.name: move for move in DELIVERY.available(row, user)}
    if "submit" in moves:
        acts.append(Act("submit", moves["submit"].label, form("submit", SummaryForm)))
    if "accept" in moves:
        note = _("不合格的退回整改；市级资金的项目还要由主管部门确认。")
        acts.append(Act("accept", _("记录验收"), form("accept", AcceptForm), note=note))
    for name in ("confirm", "refuse", "find", "deny"):
        if name in moves:
            danger = name in {"refuse", "deny"}
            acts.append(Act(name, moves[name].label, form(name, FindingForm), danger=danger))
    if "claim" in moves:
        note = _("已经尽职而没有达到预期的，由主管部门认定为探索性失败，不作失信处理。")
        act = Act("claim", moves["claim"].label, form("claim", ClaimForm), danger=True, note=note)
        acts.append(act)
    if row.status in UNDER_WAY and user.has_perm("awards.oversee_delivery", row):
        acts.append(Act("inspect", _("记录检查"), form("inspect", InspectForm)))
    return acts


def _milestone_acts(user: Any, row: TaskBook, one: Milestone, form: Any) -> list[Act]:
    """The acts of one milestone; its number is a part of their names."""
    one.delivery = row
    what = {"n": one.number, "what": one.what}
    moves = {move.name for move in MILESTONE.available(one, user)}
    acts = []
    if "report" in moves:
        name = f"report-{one.number}"
        label = _("报告节点 %(n)d 完成：%(what)s") % what
        acts.append(Act(name, label, form(name, ReportForm)))
    if "approve" in moves:
        acts.append(Act(f"approve-{one.number}", _("确认节点 %(n)d 完成：%(what)s") % what))
    if "send_back" in moves:
        name = f"back-{one.number}"
        label = _("退回节点 %(n)d：%(what)s") % what
        acts.append(Act(name, label, form(name, DecisionForm), danger=True))
    return acts


def _numbered(row: TaskBook, act: str) -> Milestone:
    """The milestone that the name of an act ends with. The act was offered, so there is one."""
    number = act.rpartition("-")[2]
    found = row.milestones.filter(number=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise Refused(_("没有这个节点"))
    found.delivery = row
    return found


def _report(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> Any:
    one = _numbered(row, held["act"])
    return services.report_milestone(one, report=held["report"], upload=held["file"], **how)


def _approve(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> Any:
    return services.judge_milestone(_numbered(row, held["act"]), "approve", **how)


def _back(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> Any:
    one = _numbered(row, held["act"])
    return services.judge_milestone(one, "send_back", decision=held["decision"], **how)


def _decide(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> Any:
    return services.decide_delivery(row, held["act"], held["form"].finding, **how)


_DO: dict[str, Any] = {
    "report": _report,
    "approve": _approve,
    "back": _back,
    "submit": lambda row, held, how: services.submit_delivery(
        row, summary=held["summary"], upload=held["file"], **how
    ),
    "accept": lambda row, held, how: services.accept_delivery(row, held["form"].finding, **how),
    "confirm": _decide,
    "refuse": _decide,
    "find": _decide,
    "deny": _decide,
    "claim": lambda row, held, how: services.claim_failure(
        row, tried=held["tried"], spent=held["spent"], **how
    ),
    "inspect": lambda row, held, how: services.record_inspection(
        row,
        on=held["on"],
        purpose=held["purpose"],
        findings=held["findings"],
        exception=held["exception"],
        exception_note=held["exception_note"],
        **how,
    ),
}
