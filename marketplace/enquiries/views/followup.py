"""Pages of steps, notes and the question whether the two have met."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.enquiries import queries, services
from marketplace.enquiries.forms.way import MetForm, NoteForm, StepForm
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import sides
from marketplace.enquiries.views.asking import add_errors
from marketplace.journal.once import once
from marketplace.kernel.errors import InvalidInput, KeyReused, NotVisible, Refused
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page

VIEW, WRITE = "enquiries.view_enquiry", "enquiries.write_enquiry"


def _written(request: HttpRequest, code: str) -> Enquiry:
    return fetch(
        queries.visible_to(request.user), code, actor=request.user, view=VIEW, action=WRITE
    )


def _make(
    request: HttpRequest,
    enquiry: Enquiry,
    form: Any,
    words: dict[str, Any],
    make: Callable[[], Any],
) -> HttpResponse:
    """A page with one form that makes something, once."""
    form_key, problem = FormKey(request), None
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            once(form_key.ticket(), make, actor=request.user, code=lambda row: str(row.pk))
        except InvalidInput as error:
            add_errors(form, error)
        except (KeyReused, Refused) as error:
            problem, status = error, error.status
        else:
            messages.success(request, _("已保存"))
            return redirect("enquiries:show", enquiry.code)
    context = {
        "enquiry": enquiry,
        "form": form,
        "form_key": form_key,
        "problem": problem,
        "back": reverse("enquiries:show", args=[enquiry.code]),
        **words,
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_step(request: HttpRequest, code: str) -> HttpResponse:
    """Write down who does what next, by when."""
    enquiry = _written(request, code)
    data = request.POST if request.method == "POST" else None
    form = StepForm(data, held=sorted(sides(request.user, enquiry)))
    words = {"title": _("添加下一步"), "button": _("保存")}
    return _make(
        request,
        enquiry,
        form,
        words,
        lambda: services.add_step(enquiry, actor=request.user, **form.cleaned_data),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_note(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what was said."""
    enquiry = _written(request, code)
    form = NoteForm(request.POST if request.method == "POST" else None)
    words = {"title": _("记录会面纪要"), "button": _("保存")}
    return _make(
        request,
        enquiry,
        form,
        words,
        lambda: services.add_note(enquiry, actor=request.user, **form.cleaned_data),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_step(request: HttpRequest, code: str) -> HttpResponse:
    """Change a step, mark it as done or take it out (`act`)."""
    step = fetch(
        queries.steps_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_step",
        action="enquiries.edit_step",
    )
    seen, problem = Seen(request, step.rev), None
    act = request.POST.get("act", "edit") if request.method == "POST" else ""
    values = {"what": step.what, "side": step.side, "due": step.due}
    form = StepForm(
        request.POST if act == "edit" else None,
        held=sorted(sides(request.user, step.enquiry)),
        initial=values,
    )
    status = 200 if request.method != "POST" else 400
    if request.method == "POST" and (act != "edit" or form.is_valid()):
        try:
            if act == "done":
                services.finish_step(step, actor=request.user, rev=seen.rev)
            elif act == "remove":
                services.remove_step(step, actor=request.user, rev=seen.rev)
            else:
                services.edit_step(step, actor=request.user, rev=seen.rev, **form.cleaned_data)
        except InvalidInput as error:
            if not form.is_bound:
                raise
            add_errors(form, error)
        except Refused as error:
            problem, status = error, error.status
            step.refresh_from_db()
            seen.renew(step.rev)
        else:
            messages.success(request, _("已保存"))
            return redirect("enquiries:show", step.enquiry.code)
    context = {
        "enquiry": step.enquiry,
        "step": step,
        "form": form,
        "seen": seen,
        "problem": problem,
        "title": _("修改下一步"),
        "button": _("保存"),
        "back": reverse("enquiries:show", args=[step.enquiry.code]),
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)


@login_required
@require_POST
def answer_met(request: HttpRequest, code: str) -> HttpResponse:
    """One click: did the other side get in touch?"""
    enquiry = _written(request, code)
    question = queries.met_questions_of(enquiry).first()
    if question is None:
        raise NotVisible
    form = MetForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({"answer": [_("请从列表中选择")]})
    services.answer_met(question, answer=form.cleaned_data["answer"], actor=request.user)
    messages.success(request, _("谢谢，已记录"))
    return redirect("enquiries:show", code)
