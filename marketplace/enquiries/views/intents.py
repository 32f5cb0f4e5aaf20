"""Pages of intents: propose with the check list, read, confirm on line, decline, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.enquiries import queries, rulebook, services
from marketplace.enquiries.forms.way import IntentForm, MilestoneRows, ReasonForm, SealForm
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.views.asking import add_errors
from marketplace.enquiries.workflow import INTENT, IntentStatus
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, KeyReused, Refused, Stale
from marketplace.taxonomy.queries import label
from marketplace.web.forms import JiebangForm
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page

VIEW = "enquiries.view_enquiry"
_DONE = {
    "accept": _("已在线确认，双方达成意向"),
    "seal": _("已收到盖章件"),
    "decline": _("已答复对方"),
    "withdraw": _("已撤回"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_intent(request: HttpRequest, code: str) -> HttpResponse:
    """Propose an intent, or another in place of the one that waits for an answer."""
    enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view=VIEW,
        action="enquiries.bind_enquiry",
    )
    earlier = queries.intents_of(enquiry).filter(status=IntentStatus.PROPOSED).first()
    seen, form_key = Seen(request, earlier.rev if earlier else 0), FormKey(request)
    data = request.POST if request.method == "POST" else None
    form = IntentForm(data, initial=_values_of(earlier))
    rows = MilestoneRows(data, prefix="milestones", initial=_rows_of(earlier))
    problem: Exception | None = None
    status = 400 if data is not None and not rows.edited else 200
    if data is not None and not rows.edited and all([form.is_valid(), rows.is_valid()]):
        values = {**form.values, "milestones": rows.values}
        try:
            made = once(
                form_key.ticket(),
                lambda: services.propose_intent(
                    enquiry,
                    values,
                    actor=request.user,
                    counter_to=earlier,
                    rev=seen.rev if earlier else None,
                    names_checked=form.cleaned_data["names_checked"],
                ),
                actor=request.user,
            )
        except InvalidInput as error:
            add_errors(form, error)
        except (KeyReused, Refused) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
        else:
            messages.success(request, _("已提出，等待对方在线确认"))
            return redirect("enquiries:intent", made.code)
    elif rows.edited:
        form.hush()
    context = {
        "enquiry": enquiry,
        "earlier": earlier,
        "form": form,
        "rows": rows,
        "form_key": form_key,
        "seen": seen,
        "problem": problem,
        "statement": rulebook.statement_on(clock.today()),
    }
    return render_page(request, "enquiries/intent_form.html", context, status=status)


def _values_of(intent: Intent | None) -> dict[str, Any]:
    names = (
        *("contract_kind", "subject", "amount_fen", "pricing_mode", "checks"),
        *("publicity_from", "publicity_until"),
    )
    return {} if intent is None else {name: getattr(intent, name) for name in names}


def _rows_of(intent: Intent | None) -> list[dict[str, Any]]:
    return [] if intent is None else list(intent.milestones)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user="60/h")
def show_intent(request: HttpRequest, code: str) -> HttpResponse:
    """An intent; a POST confirms it, declines it or takes it back (`act`)."""
    intent = fetch(
        queries.intents_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_intent",
    )
    seen, problem = Seen(request, intent.rev), None
    act = request.POST.get("act", "")
    form = ReasonForm(request.POST if act == "decline" else None)
    sealed = (request.POST, request.FILES) if act == "seal" else ()
    seal = SealForm(*sealed)
    status = 200
    if request.method == "POST":
        try:
            if _done(request, act, intent, seal if sealed else form, seen):
                messages.success(request, _DONE[act])
                return redirect("enquiries:intent", code)
            status = 400
        except Refused as error:
            problem, status = error, error.status
            intent = fetch(
                queries.intents_visible_to(request.user),
                code,
                actor=request.user,
                view="enquiries.view_intent",
            )
            seen.renew(intent.rev)
    context = {
        "intent": intent,
        "enquiry": intent.enquiry,
        "moves": {move.name for move in INTENT.available(intent, request.user)},
        "form": form,
        "seal": seal,
        "seen": seen,
        "problem": problem,
        **facts_of(request.user, intent),
    }
    return render_page(request, "enquiries/intent_detail.html", context, status=status)


def _done(request: HttpRequest, act: str, intent: Intent, form: JiebangForm, seen: Seen) -> bool:
    actor = request.user
    if act == "accept":
        services.accept_intent(intent, actor=actor, rev=seen.rev)
    elif act == "withdraw":
        services.withdraw_intent(intent, actor=actor, rev=seen.rev)
    elif act in {"decline", "seal"}:
        if not form.is_valid():
            return False
        try:
            _said(act, intent, form, actor=actor, rev=seen.rev)
        except InvalidInput as error:
            add_errors(form, error)
            return False
    else:
        return False
    return True


def _said(act: str, intent: Intent, form: JiebangForm, **who: Any) -> None:
    """Decline, or confirm by a sealed copy: the own proposal, or that of the other side."""
    held = form.cleaned_data
    if act == "decline":
        services.decline_intent(intent, **held, **who)
    elif who["actor"].has_perm("enquiries.seal_intent", intent):
        services.seal_intent(intent, **held, **who)
    else:
        services.accept_intent(intent, **held, **who)


def facts_of(user: Any, intent: Intent) -> dict[str, Any]:
    """What the page shows beside the columns: names as the reader may know them, checks, warnings."""
    enquiry = intent.enquiry
    transferor = enquiry.org_of(rulebook.transferor_side(enquiry.kind))
    is_state = transferor is not None and rulebook.is_state_transfer(
        intent.contract_kind, transferor.kind
    )
    answers = dict(rulebook.CHECK_ANSWERS)
    code, _blank, note = intent.reason.partition(" ")
    return {
        "reason": "：".join(part for part in (label("closing_reason", code), note) if part),
        "proposer": queries.party(user, enquiry, intent.side),
        "other": queries.party(user, enquiry, rulebook.other_side(intent.side)),
        "confirmations": queries.confirmations_of([intent])[intent.pk],
        "checks": [
            (words, answers.get(row.get("answer", ""), "—"), row.get("note", ""))
            for code, words in rulebook.CHECKS.items()
            for row in [intent.checks.get(code, {})]
        ],
        "publicity_warning": rulebook.publicity_warning(
            intent.pricing_mode, intent.publicity_from, intent.publicity_until
        )
        if is_state
        else "",
        "statement_english": next(
            (one.english for one in rulebook.STATEMENTS if one.version == intent.statement_version),
            "",
        ),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """End an enquiry with a reason."""
    enquiry: Enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view=VIEW,
        action="enquiries.close_enquiry",
    )
    seen, problem = Seen(request, enquiry.rev), None
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            services.close(enquiry, actor=request.user, rev=seen.rev, **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        except Refused as error:
            problem, status = error, error.status
            enquiry.refresh_from_db()
            seen.renew(enquiry.rev)
        else:
            messages.success(request, _("这条咨询已结束"))
            return redirect("enquiries:show", code)
    context = {
        "enquiry": enquiry,
        "form": form,
        "seen": seen,
        "problem": problem,
        "title": _("结束咨询"),
        "explain": _("结束的原因会计入发布方的反馈统计。之后双方仍可以重新开启这条咨询。"),
        "button": _("结束咨询"),
        "back": reverse("enquiries:show", args=[code]),
    }
    return render_page(request, "enquiries/way_form.html", context, status=status)
