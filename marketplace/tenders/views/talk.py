"""Asking and answering."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.tenders import queries, services
from marketplace.tenders.forms import AnswerForm, QuestionForm
from marketplace.tenders.views.shared import PersonRequest, organizations_of, sent
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("tender-questions", per_user="30/h")
def ask(request: PersonRequest, code: str) -> HttpResponse:
    """Ask the purchaser something, without being named."""
    row = services.settle(
        fetch(queries.published(), code, actor=request.user, view="tenders.view_tender")
    )
    orgs = organizations_of(request.user, but=row.owner_id)
    form = QuestionForm(sent(request), organizations=list(orgs.values()))
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            org = orgs[form.cleaned_data["organization"]]
            try:
                once(
                    form_key.ticket(),
                    lambda: services.ask(row, org, form.cleaned_data["text"], actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("问题已提交，答复后公开，会通知您"))
                return redirect("tenders:detail", row.code)
    context = {
        "tender": row,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "has_organization": bool(orgs),
    }
    return render_page(request, "tenders/ask.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: PersonRequest, code: str) -> HttpResponse:
    """Answer a question, or answer it anew; `code` is the question's."""
    question = fetch(
        queries.questions_visible_to(request.user),
        code,
        actor=request.user,
        view="tenders.view_question",
        action="tenders.answer_question",
    )
    form, form_key, reused = AnswerForm(sent(request)), FormKey(request), None
    problem, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                once(
                    form_key.ticket(),
                    lambda: services.answer(
                        question, form.cleaned_data["text"], actor=request.user
                    ),
                    actor=request.user,
                    code=lambda made: str(made.pk),
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("答复已公布"))
                return redirect("tenders:manage", question.tender.code)
    context = {
        "question": question,
        "tender": question.tender,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    return render_page(request, "tenders/answer.html", context, status=status)
