"""Raising an objection, and its page for objector, publisher and authority."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.files.queries import attachments_of
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.publicity import events, queries, services
from marketplace.publicity.forms import (
    AnswerForm,
    ComplaintForm,
    ObjectionForm,
    RemedyForm,
    RulingForm,
)
from marketplace.publicity.models import OBJECTION_FILES, Objection
from marketplace.publicity.views.shared import (
    PersonRequest,
    organizations_of,
    sent,
)
from marketplace.publicity.workflow import OBJECTION, ObjectionStatus
from marketplace.web.acts import Act, at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def objections(request: PersonRequest) -> HttpResponse:
    """Every objection that the reader may see, the newest first."""
    page = paginate(request, queries.objections_visible_to(request.user))
    return render_page(request, "publicity/objection_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("objection", per_user="30/h")
def contest(request: PersonRequest, code: str) -> HttpResponse:
    """Draft an objection to the publicity of this code."""
    row = fetch(queries.published(), code, actor=request.user, view="publicity.view_publicity")
    orgs = organizations_of(request.user, but=row.owner_id)
    files = request.FILES if request.method == "POST" else None
    form = ObjectionForm(sent(request), files, organizations=list(orgs.values()))
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.draft_objection(
                        row,
                        orgs[form.cleaned_data["organization"]],
                        form.claim,
                        upload=form.cleaned_data["file"],
                        actor=request.user,
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden, StorageFull) as error:
                problem, status = error, error.status
            else:
                messages.success(
                    request, _("草稿已保存；由单位审核人或单位管理员确认后提出，才算提出异议")
                )
                return redirect("publicity:objection", made.code)
    context = {
        "publicity": row,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "has_organization": bool(orgs),
    }
    return render_page(request, "publicity/contest.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_objection(request: PersonRequest, code: str) -> HttpResponse:
    """Change a draft."""
    row = fetch(
        queries.objections_visible_to(request.user),
        code,
        actor=request.user,
        view="publicity.view_objection",
        action="publicity.edit_objection",
    )
    form = ObjectionForm(
        sent(request),
        organizations=[],
        initial=_values(row),
    )
    del form.fields["organization"], form.fields["file"]
    seen, problem, conflict, status = Seen(request, row.rev), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                conflict = seen.conflict(
                    form,
                    lambda: services.edit_objection(
                        row, form.claim, actor=request.user, rev=seen.rev
                    ),
                    saved=_values,
                    state=lambda now: now.rev,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except Refused as error:
                problem, status = error, error.status
            else:
                if conflict is None:
                    messages.success(request, _("已保存"))
                    return redirect("publicity:objection", row.code)
                status = 409
    elif row.status != ObjectionStatus.DRAFT:
        return redirect("publicity:objection", row.code)
    context = {
        "publicity": row.publicity,
        "objection": row,
        "form": form,
        "seen": seen,
        "problem": problem,
        "conflict": conflict,
        "has_organization": True,
    }
    return render_page(request, "publicity/contest.html", context, status=status)


def _values(row: Objection) -> dict[str, Any]:
    return {"ground": row.ground, "interest": row.interest, "text": row.text}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: PersonRequest, code: str) -> HttpResponse:
    """One objection, with what the reader may do; a POST does it."""
    row = fetch(
        queries.objections_visible_to(request.user),
        code,
        actor=request.user,
        view="publicity.view_objection",
    )
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    acts = _acts(request, row, chosen)
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    if request.method == "POST":
        status = 400
        act = next((one for one in acts if one.name == chosen), None)
        try:
            if act is None:
                _refuse_act(request.user, row, chosen)
                problem = _("请选择要做的操作")
            elif act.form is None or act.form.is_valid():
                held = act.form.cleaned_data if act.form else {}
                services.make_move(row, chosen, _text_of(held), actor=request.user, rev=seen.rev)
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                return redirect("publicity:objection", row.code)
        except InvalidInput as error:
            if act is None or act.form is None:
                raise
            at_fields(act.form, error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
            row.refresh_from_db()
            acts = _acts(request, row, "")
    context = {
        "objection": row,
        "publicity": row.publicity,
        "acts": acts,
        "seen": seen,
        "problem": problem,
        "edits": row.status == ObjectionStatus.DRAFT
        and request.user.has_perm("publicity.edit_objection", row),
        "files": list(attachments_of(OBJECTION_FILES, row.pk)),
        "history": history(events.OBJECTION, row.pk),
    }
    return render_page(request, "publicity/objection.html", context, status=status)


def _refuse_act(user: Any, row: Objection, chosen: str) -> None:
    """Raises Refused with the reason why a known move can't be made now, Forbidden where it never can."""
    move = OBJECTION.transitions.get(chosen)
    if move is None or not move.permission:
        return
    if not user.has_perm(move.permission, row):
        raise Forbidden
    if reason := OBJECTION.refusal(chosen, row, user):
        raise Refused(reason)


#: What must be said with a move.
_FORMS: dict[str, Callable[..., Any]] = {
    "uphold": AnswerForm,
    "dismiss": AnswerForm,
    "complain": ComplaintForm,
    "refuse": RulingForm,
    "sustain": RulingForm,
    "reject": RulingForm,
    "report": RemedyForm,
}
_DANGER = {"withdraw", "dismiss", "refuse", "reject"}
_NOTES = {
    "submit": gettext_lazy(
        "提出后公示暂停，公示单位应在期限内答复；您的单位名称只有办理人和主管部门知道。"
    ),
}


def _acts(request: PersonRequest, row: Objection, chosen: str) -> list[Act]:
    def form(name: str) -> Any:
        made = _FORMS.get(name)
        return made(request.POST if chosen == name else None, prefix=name) if made else None

    found = [
        Act(
            move.name,
            move.label,
            form(move.name),
            danger=move.name in _DANGER,
            note=_NOTES.get(move.name, ""),
        )
        for move in OBJECTION.available(row, request.user)
    ]
    if row.status in {ObjectionStatus.UPHELD, ObjectionStatus.SUSTAINED} and request.user.has_perm(
        "publicity.answer_objection", row
    ):
        found.append(Act("report", _("报告整改情况"), form("report")))
    return found


def _text_of(held: dict[str, Any]) -> str:
    """The one text of a form of a move, whatever its field is called."""
    return str(next(iter(held.values()), ""))
