"""An expert's own entry, and the operator's register."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.evaluation import events, queries, services
from marketplace.evaluation.forms import (
    ExclusionRows,
    ExpertForm,
    ReasonForm,
    SuspendForm,
    WorkRows,
    application_of,
)
from marketplace.evaluation.models import Expert
from marketplace.evaluation.policies import OVERSEERS
from marketplace.evaluation.rulebook import PLEDGE, PLEDGES
from marketplace.evaluation.views.shared import PersonRequest, chosen, run, sent
from marketplace.evaluation.workflow import EXPERT, ExpertStatus
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.parties.policies import Role, access_of
from marketplace.web.acts import Act, at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


class _Forms:
    """The form of an entry with its two tables of rows."""

    def __init__(self, data: Any, row: Expert | None) -> None:
        self.form = ExpertForm(data, initial=_values(row) if row else {})
        works = _rows(row.employments.all(), "since", "until") if row else [{}]
        self.works = WorkRows(data, prefix="works", initial=works)
        excluded = _rows(row.exclusions.all()) if row else []
        self.excluded = ExclusionRows(data, prefix="excluded", initial=excluded)

    @property
    def edited(self) -> bool:
        """Whether a button of a row was pressed: nothing was sent then."""
        return bool(self.works.edited or self.excluded.edited)

    def is_valid(self) -> bool:
        """Whether everything can be sent; every part is checked, so that all errors show at once."""
        if self.edited:
            self.form.hush()
            return False
        return all([self.form.is_valid(), self.works.is_valid(), self.excluded.is_valid()])

    def put(self, error: InvalidInput) -> None:
        """Each reason at its field, those of rows above their table."""
        for name, reasons in error.errors.items():
            rows = {"works": self.works, "excluded": self.excluded}.get(name)
            if rows is not None:
                rows.non_form_errors().extend(str(reason) for reason in reasons)
            else:
                known = {"fields": "fields_", "pledge": "agree"}.get(name, name)
                at_fields(self.form, InvalidInput({known: reasons}))


def _values(row: Expert) -> dict[str, Any]:
    terms = [one.term for one in row.fields.all()]
    return {"title": row.title, "summary": row.summary, "fields_": terms}


def _rows(rows: Any, *more: str) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in ("name", "uscc", *more)} for row in rows]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("evaluation", per_user="60/h")
def apply(request: PersonRequest) -> HttpResponse:
    """Apply as an expert."""
    if request.method != "POST" and queries.expert_of(request.user) is not None:
        return redirect("evaluation:profile")
    forms = _Forms(sent(request), None)
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if forms.is_valid():
            said = application_of(forms.form, forms.works, forms.excluded)
            try:
                once(
                    form_key.ticket(),
                    lambda: services.apply_as_expert(said, pledge=PLEDGE, actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                forms.put(error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("申请已提交，平台运营审核后入库"))
                return redirect("evaluation:profile")
        elif forms.edited:
            status = 200
    context = {
        "forms": forms,
        "pledge": PLEDGES[PLEDGE],
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    return render_page(request, "evaluation/edit.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """One's own entry: change it, which has it checked again, or leave."""
    row = queries.expert_of(request.user)
    if row is None:
        return redirect("evaluation:apply")
    leaves = request.method == "POST" and request.POST.get("act") == "leave"
    forms = _Forms(None if leaves else sent(request), row)
    seen, status = Seen(request, row.rev), 200
    problem: Refused | Forbidden | InvalidInput | None = None
    if request.method == "POST":
        status = 400
        try:
            if leaves:
                services.leave(row, actor=request.user, rev=seen.rev)
                messages.success(request, _("已退出专家库"))
                return redirect("evaluation:profile")
            if forms.is_valid():
                said = application_of(forms.form, forms.works, forms.excluded)
                services.edit_expert(row, said, pledge=PLEDGE, actor=request.user, rev=seen.rev)
                messages.success(request, _("已提交，平台运营审核后生效"))
                return redirect("evaluation:profile")
            if forms.edited:
                status = 200
        except InvalidInput as error:
            if "rev" in error.errors:
                problem = error
            else:
                forms.put(error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
            row = queries.expert_of(request.user) or row
    context = {
        "expert": row,
        "forms": forms,
        "pledge": PLEDGES[PLEDGE],
        "seen": seen,
        "problem": problem,
        "edits": not EXPERT.refusal("submit", row, request.user),
        "leaves": not EXPERT.refusal("leave", row, request.user),
    }
    return render_page(request, "evaluation/edit.html", context, status=status)


@login_required
@require_safe
def experts(request: PersonRequest) -> HttpResponse:
    """The register, for operator and overseers."""
    if not access_of(request.user).has(Role.OPERATOR, *OVERSEERS):
        raise Forbidden(_("专家库不公开"))
    asked = request.GET.get("status", "")
    status = asked if asked in ExpertStatus.values else ""
    page = paginate(request, queries.experts_in_state(request.user, status))
    context = {"page": page, "states": ExpertStatus.choices, "status": status}
    return render_page(request, "evaluation/experts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def expert(request: PersonRequest, code: str) -> HttpResponse:
    """One entry, with the operator's decisions."""
    row = fetch(
        queries.experts_visible_to(request.user),
        code,
        actor=request.user,
        view="evaluation.view_expert",
    )
    name = chosen(request)
    acts = _acts(request, row, name)
    seen = Seen(request, row.rev)
    found = run(
        request,
        acts,
        lambda act: _decide(request, row, act, seen),
        seen,
        why_not=lambda move: _why_not(request, row, move),
    )
    if found.done:
        messages.success(request, _("已办理：%(move)s") % {"move": found.done})
        return redirect("evaluation:expert", row.code)
    context = {
        "expert": row,
        "acts": acts,
        "seen": seen,
        "problem": found.problem,
        "pledge": PLEDGES.get(row.pledge, ""),
        "history": history(events.EXPERT, row.pk),
    }
    return render_page(request, "evaluation/expert.html", context, status=found.status)


_DECISIONS: dict[str, Any] = {"approve": None, "send_back": ReasonForm, "suspend": SuspendForm}


def _acts(request: PersonRequest, row: Expert, name: str) -> list[Act]:
    moves = {move.name: move for move in EXPERT.available(row, request.user)}
    return [
        Act(
            one,
            moves[one].label,
            form(sent(request) if name == one else None, prefix=one) if form else None,
            danger=one != "approve",
        )
        for one, form in _DECISIONS.items()
        if one in moves
    ]


def _why_not(request: PersonRequest, row: Expert, move: str) -> object:
    if not request.user.has_perm("evaluation.review_expert", row):
        raise Forbidden
    return EXPERT.refusal(move, row, request.user) if move in _DECISIONS else ""


def _decide(request: PersonRequest, row: Expert, act: Act, seen: Seen) -> None:
    how: dict[str, Any] = {"actor": request.user, "rev": seen.rev}
    if act.name == "approve":
        services.approve_expert(row, **how)
    elif act.name == "send_back":
        services.return_expert(row, reason=act.form.cleaned_data["reason"], **how)
    else:
        services.suspend_expert(
            row, reason=act.form.cleaned_data["reason"], until=act.form.instant, **how
        )
