"""The broker's desk: what waits, what is followed, what is open to all brokers."""

from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.brokerage import queries
from marketplace.brokerage.forms.mandates import RateForm, TaskForm, sent
from marketplace.brokerage.models import Broker, Pursuit, Stage
from marketplace.brokerage.models.desk import BOARD
from marketplace.brokerage.services import desk
from marketplace.enquiries import queries as enquiries
from marketplace.enquiries.queries import owner_named
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.listings.kind import kinds
from marketplace.web.lines import drawn
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

Request = Any


def _entered(user: Any) -> Broker:
    broker = queries.broker_of(user)
    if broker is None or not broker.is_entered:
        raise Forbidden(_("这是在库技术经纪人的页面"))
    return broker


@login_required
@require_safe
def home(request: Request) -> HttpResponse:
    """The desk: tasks due, leads, suggestions, what nobody has taken up, fees, what parties said."""
    broker = _entered(request.user)
    context = {
        "broker": broker,
        "tasks": list(queries.tasks_of(broker.pk)[:10]),
        "requests": list(queries.open_requests_to(broker.pk)[:5]),
        "task_form": TaskForm(),
        "form_key": FormKey(request),
        "counts": _counts(broker, enquiries.leads_awaiting_consent(request.user).count()),
        "leads": list(enquiries.open_leads(request.user)[:10]),
        "held": list(enquiries.leads_held_by(request.user)[:10]),
        "silent": queries.silent_sides(broker.pk),
        "suggestions": queries.suggestions(broker.pk),
        "quiet": queries.quiet_needs(),
        "quiet_days": queries.QUIET_DAYS,
        "routed": [
            (reverse(f"{_kind_of(row)}:detail", args=[row.code]), row)
            for row in queries.listings_through_brokers()
        ],
        "fees": list(queries.fees_of(broker.pk)[:10]),
        "feedback": list(queries.feedback_of(broker.pk)[:10]),
        "mandates": list(queries.running_of(broker.pk)[:10]),
    }
    return render_page(request, "brokerage/desk_home.html", context)


def _kind_of(listing: Any) -> str:
    return next(kind.name for kind in kinds() if isinstance(listing, kind.model))


def _counts(broker: Broker, taken: int) -> list[tuple[Any, int, str]]:
    """How many are in each column; leads that wait for the asker's consent stand in the first one."""
    counts = queries.stage_counts(broker.pk)
    counts[Stage.LEAD] = counts.get(Stage.LEAD, 0) + taken
    page = reverse("brokerage:pipeline")
    return [
        (stage.label, counts.get(stage, 0), f"{page}?show=list&stage={stage}") for stage in BOARD
    ]


# --- the pipeline -----------------------------------------------------------------------------
@login_required
@require_safe
def pipeline(request: Request) -> HttpResponse:
    """What the broker follows, as a board or as a list: the same rows, the same acts."""
    broker = _entered(request.user)
    as_list = request.GET.get("show") == "list"
    stage = request.GET.get("stage", "")
    if stage not in Stage.values:
        stage = ""
    shows_leads = stage in {"", Stage.LEAD}
    context: dict[str, Any] = {
        # Without the asker's consent the broker knows field and district, and no enquiry.
        "taken": list(enquiries.leads_awaiting_consent(request.user)[:100]) if shows_leads else [],
        "as_list": as_list,
        "stage": stage,
        "stages": [*((one.value, one.label) for one in BOARD), (Stage.CLOSED, Stage.CLOSED.label)],
    }
    if as_list:
        page = paginate(request, queries.PagedPipeline(broker.pk, stage))
        context |= {
            "page": page,
            "cards": [_card(row, request.user, as_list=True) for row in page.object_list],
        }
    else:
        context["columns"] = [
            {
                "column": one,
                "cards": [_card(row, request.user) for row in one.cards],
                "taken": context["taken"] if one.stage == Stage.LEAD else [],
                "taken_count": len(context["taken"]) if one.stage == Stage.LEAD else 0,
            }
            for one in queries.board(broker.pk)
        ]
    return render_page(request, "brokerage/pipeline.html", context)


#: Moving a card means to record what moves it: each choice leads to the page of that record.
_MOVES = {
    "contact": _("记录联系"),
    "introduce": _("登记对接"),
    "intent": _("推进意向"),
    "show": _("查看"),
}
_NEXT = {
    Stage.LEAD: ("contact", "introduce"),
    Stage.CONTACT: ("introduce", "contact"),
    Stage.INTRODUCED: ("intent", "contact"),
    Stage.INTENT: ("show",),
    Stage.CLOSED: ("show",),
}


class _Line(NamedTuple):
    """What a card shows, as plain values: who with whom about what, and where the next act is made."""

    code: str
    title: str
    asker: str
    owner: str
    since: datetime
    url: str
    move_url: str
    #: "" on the board, whose columns say it.
    stage_label: str
    moves: tuple[tuple[str, str], ...]


def _card(row: Pursuit, user: Any, *, as_list: bool = False) -> SafeString:
    """A card of the board or of the list. No query for open owners."""
    enquiry = row.enquiry
    hidden = enquiry.owner_is_hidden and not owner_named(user, enquiry)
    line = _Line(
        code=enquiry.code,
        title=enquiry.listing_title,
        asker=str(enquiry.asker.name if enquiry.asker is not None else _("访客")),
        owner=str(_("某企业（已认证）") if hidden else enquiry.owner.name),
        since=row.since,
        url=reverse("enquiries:show", args=[enquiry.code]),
        move_url=reverse("brokerage:move", args=[enquiry.code]),
        stage_label=str(row.get_stage_display()) if as_list else "",
        moves=tuple((name, str(_MOVES[name])) for name in _NEXT[Stage(row.stage)]),
    )
    return drawn("brokerage/pipeline_card.html", line)


@login_required
@require_safe
def move(request: Request, code: str) -> HttpResponse:
    """Lead to the page where the act is recorded that was chosen on a card; nothing is changed here."""
    _entered(request.user)
    if request.GET.get("to") == "introduce":
        return redirect("brokerage:introduce_enquiry", code)
    return redirect("enquiries:show", code)


# --- tasks ------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tasks(request: Request) -> HttpResponse:
    """The broker's own tasks; a POST adds one."""
    broker = _entered(request.user)
    form, form_key = TaskForm(sent(request)), FormKey(request)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                once(
                    form_key.ticket(),
                    lambda: desk.add_task(broker, actor=request.user, **form.cleaned_data),
                    actor=request.user,
                )
            except InvalidInput as error:
                form.take(error)
            except KeyReused as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("已添加"))
                return redirect("brokerage:tasks")
    context = {
        "page": paginate(request, queries.tasks_of(broker.pk)),
        "done": list(queries.tasks_done(broker.pk)[:10]),
        "form": form,
        "form_key": form_key,
    }
    return render_page(request, "brokerage/task_list.html", context, status=status)


@login_required
@require_POST
def task_mark(request: Request, code: str) -> HttpResponse:
    """Mark a task as done, or as open again."""
    broker = _entered(request.user)
    task = queries.task_of(broker.pk, code)
    if task is None:
        raise Http404
    desk.mark_task(task, done=request.POST.get("done") != "0", actor=request.user)
    return redirect("brokerage:tasks")


# --- what the parties say ---------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: Request, enquiry: str, code: str) -> HttpResponse:
    """A side of a closed enquiry says how the broker of this code worked."""
    row = fetch(
        enquiries.visible_to(request.user),
        enquiry,
        actor=request.user,
        view="enquiries.view_enquiry",
    )
    known = queries.rateable(request.user, row).select_related("user", "organization")
    broker = known.filter(code=code).first() if is_valid_code(code) else None
    if broker is None:
        raise Http404
    sides = desk.sides_of(request.user, row)
    if not sides:
        raise Forbidden(_("只有洽谈双方的成员可以评价"))
    form, status = RateForm(sent(request)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                desk.rate_broker(
                    row, broker, side=sides[0], actor=request.user, **form.cleaned_data
                )
            except InvalidInput as error:
                form.take(error)
            except Refused as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("谢谢您的评价"))
                return redirect("enquiries:show", row.code)
    context = {"form": form, "broker": broker, "enquiry": row}
    return render_page(request, "brokerage/feedback_new.html", context, status=status)
