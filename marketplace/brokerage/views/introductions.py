"""Pages of introductions: the list, recording one, the record with its log, answers and rulings."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.brokerage import events, queries
from marketplace.brokerage.forms.mandates import (
    AnswerForm,
    AppealForm,
    IntroduceForm,
    MeetingForm,
    ReasonForm,
    RuleForm,
    sent,
)
from marketplace.brokerage.models import Broker, Introduction, Ruling
from marketplace.brokerage.services import introductions as services
from marketplace.brokerage.services import met
from marketplace.brokerage.services.claiming import claim_of_meeting
from marketplace.brokerage.services.introductions import Claim
from marketplace.brokerage.views.shared import history_without_names
from marketplace.brokerage.workflow import INTRODUCTION, RULING, IntroductionStatus, RulingStatus
from marketplace.enquiries import queries as enquiries
from marketplace.files import queries as files
from marketplace.files.forms import UploadsField
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code, read_code
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.web.forms import JiebangForm
from marketplace.web.onetime import FormKey
from marketplace.web.plaintext import clean_text
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

Request = Any


@login_required
@require_safe
def introduction_list(request: Request) -> HttpResponse:
    """Introductions of the reader, as broker or as a party; for the operator, what is to be ruled."""
    page = paginate(request, queries.own_introductions(request.user))
    rows = [{"introduction": row, "sides": _sides(request.user, row)} for row in page.object_list]
    rules = request.user.has_perm("brokerage.judge_introduction", None)
    context = {
        "page": page,
        "rows": rows,
        "is_broker": queries.broker_of(request.user) is not None,
        "to_rule": list(queries.to_rule()[:50]) if rules else [],
        "appeals": [
            {"ruling": row, "claim": row.claims[0]} for row in queries.appeals()[:50] if row.claims
        ]
        if request.user.has_perm("brokerage.rule_introduction", None)
        else [],
    }
    return render_page(request, "brokerage/introduction_list.html", context)


def _sides(user: Any, introduction: Introduction) -> list[dict[str, Any]]:
    """Both parties as this person may read them, with what each has said."""
    return [
        {"side": side, "name": queries.side_name(user, introduction, side)}
        for side in introduction.sides.all()
    ]


# --- recording --------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduce_enquiry(request: Request, code: str) -> HttpResponse:
    """Record an introduction from an enquiry that the broker sees."""
    broker = _entered(request.user)
    enquiry = fetch(
        enquiries.visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_enquiry",
    )
    form = IntroduceForm(
        sent(request),
        initial={"evidence": "enquiry", "happened_at": clock.now()},
    )

    def claim() -> Claim:
        values = form.cleaned_data
        return services.claim_of_enquiry(
            enquiry, note=values["note"], evidence=values["evidence"], at=values["happened_at"]
        )

    return _record(request, form, broker, claim, {"enquiry": enquiry})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduce_meeting(request: Request) -> HttpResponse:
    """Record an introduction from a meeting, without an enquiry."""
    broker = _entered(request.user)
    chosen = {
        name: read_code(request.GET.get(name, ""))
        for name in ("listing", "other")
        if is_valid_code(read_code(request.GET.get(name, "")))
    }
    form = MeetingForm(sent(request), initial={"happened_at": clock.now(), **chosen})
    return _record(
        request,
        form,
        broker,
        lambda: claim_of_meeting(form.cleaned_data, actor=request.user),
        {"search": _search(request, chosen)},
    )


def _search(request: Request, chosen: dict[str, str]) -> dict[str, Any]:
    """What was looked for, and what was found: each a link that fills the form with it."""
    words = clean_text(request.GET.get("q", ""), multiline=False)[:60].strip()
    if not words:
        return {"words": "", "chosen": chosen}

    def link(**more: str) -> str:
        return "?" + urlencode({**chosen, **more, "q": words}) + "#record"

    return {
        "words": words,
        "chosen": chosen,
        "listings": [
            (link(listing=row.code), row) for row in queries.find_listings(words, request.user)
        ],
        "organizations": [
            (link(other=row.code), row) for row in queries.find_organizations(words, request.user)
        ],
    }


def _entered(user: Any) -> Broker:
    broker = queries.broker_of(user)
    if broker is None or not broker.is_entered:
        raise Forbidden(_("这是在库技术经纪人的页面"))
    return broker


def _record(
    request: Request, form: Any, broker: Broker, claim: Any, context: dict[str, Any]
) -> HttpResponse:
    form_key, status = FormKey(request), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.record_introduction(broker, claim(), actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                form.take(error)
            except (Refused, KeyReused) as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("已登记，双方会收到确认的请求"))
                return redirect("brokerage:introduction", made.code)
    context |= {"form": form, "form_key": form_key}
    return render_page(request, "brokerage/introduction_new.html", context, status=status)


# --- one introduction -------------------------------------------------------------------------
class ProofForm(JiebangForm):
    """Evidence that is filed with a claim."""

    proofs = UploadsField(label=_("证明材料"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduction_show(request: Request, code: str) -> HttpResponse:
    """One record with the log of all claims; a POST answers or takes it back."""
    row = _fetch(request, code)
    if request.method == "POST" and not (
        request.user.has_perm("brokerage.answer_introduction", row)
        or request.user.has_perm("brokerage.withdraw_introduction", row)
    ):
        raise Forbidden
    seen, stale = Seen(request, row.rev), False
    act = request.POST.get("act", "")
    answer = AnswerForm(sent(request) if act == "answer" else None)
    withdraw = ReasonForm(sent(request) if act == "withdraw" else None)
    form: Any = withdraw if act == "withdraw" else answer
    if request.method == "POST":
        try:
            if not form.is_bound or form.is_valid():
                _act(request, row, act, form, seen)
                messages.success(request, _("已处理"))
                return redirect("brokerage:introduction", code)
        except Stale:
            row, stale = _fetch(request, code), True
            seen.renew(row.rev)
        except InvalidInput as error:
            if not form.is_bound:
                raise
            form.take(error)
        except Refused as error:
            if not form.is_bound:
                raise
            form.add_error(None, str(error))
    context = _context(request, row) | {
        "seen": seen,
        "is_stale": stale,
        "answer_form": answer,
        "withdraw_form": withdraw,
    }
    status = 409 if stale else 400 if form.errors else 200
    return render_page(request, "brokerage/introduction_detail.html", context, status=status)


def _fetch(request: Request, code: str) -> Introduction:
    return fetch(
        queries.introductions_visible_to(request.user),
        code,
        actor=request.user,
        view="brokerage.view_introduction",
    )


def _act(request: Request, row: Introduction, act: str, form: Any, seen: Seen) -> None:
    if act not in {"answer", "met", "withdraw"}:
        raise InvalidInput({"": [_("请选择要做什么")]})
    if act == "met":
        # One click that says what this side knows: it rests on nothing that others have written.
        said = {"answer": request.POST.get("met", ""), "side": request.POST.get("side", "")}
        met.answer_met(row, actor=request.user, **said)
        return
    if act == "answer":
        services.answer_introduction(row, actor=request.user, rev=seen.rev, **form.cleaned_data)
    else:
        services.withdraw_introduction(
            row, reason=form.cleaned_data["reason"], actor=request.user, rev=seen.rev
        )


def _context(request: Request, row: Introduction) -> dict[str, Any]:
    user = request.user
    ruling = queries.ruling_on(row.pair, row.subject)
    shows_log = len(row.claims) > 1 or ruling is not None
    sides = _sides(user, row)
    return {
        "introduction": row,
        "sides": sides,
        "mine": [
            {"side": side, "name": queries.side_name(user, row, side)}
            for side in queries.sides_waiting_for(user, row)
        ],
        "asked": [
            {"side": side, "name": queries.side_name(user, row, side)}
            for side in queries.sides_asked_whether_met(user, row)
        ],
        "moves": {move.name for move in INTRODUCTION.available(row, user)},
        "claims": row.claims if shows_log else [],
        "ruling": ruling,
        "rules": _may_rule(user, row, ruling),
        "appeals": ruling is not None
        and "appeal" in {move.name for move in RULING.available(ruling, user)},
        "decides": ruling is not None
        and "decide" in {move.name for move in RULING.available(ruling, user)},
        "proofs": files.file_rows(queries.proofs_of(row)),
        "adds_proof": user.has_perm("brokerage.withdraw_introduction", row),
        "silent_after": row.answer_due_at <= clock.now(),
        "history": history_without_names(
            events.INTRODUCTION, row.pk, named=all(side["name"] for side in sides)
        ),
    }


def _may_rule(user: Any, row: Introduction, ruling: Ruling | None) -> bool:
    if ruling is not None and ruling.status != RulingStatus.FINAL:
        return False
    alive = [
        one
        for one in row.claims
        if one.status not in {IntroductionStatus.WITHDRAWN, IntroductionStatus.REJECTED}
    ]
    is_disputed = any(one.status == IntroductionStatus.DISPUTED for one in alive)
    return (is_disputed or len(alive) > 1) and user.has_perm("brokerage.judge_introduction", row)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduction_proof(request: Request, code: str) -> HttpResponse:
    """File evidence with a claim."""
    row = _fetch(request, code)
    if not request.user.has_perm("brokerage.withdraw_introduction", row):
        raise Forbidden
    form = ProofForm(sent(request), request.FILES)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            done = services.add_proofs(row, form.cleaned_data["proofs"], actor=request.user)
            for reason in done.reasons:
                form.add_error("proofs", str(reason))
            if not done.reasons:
                messages.success(request, _("已上传"))
                return redirect("brokerage:introduction", code)
            status = done.status
    context = {"introduction": row, "form": form}
    return render_page(request, "brokerage/introduction_proof.html", context, status=status)


# --- rulings ----------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def introduction_rule(request: Request, code: str) -> HttpResponse:
    """The operator rules between the claims; or an appeal is made or decided, as the state says."""
    row = _fetch(request, code)
    ruling = queries.ruling_on(row.pair, row.subject)
    step = _step(request.user, row, ruling)
    claims = row.claims
    present = services.claims_state(claims) if step == "rule" or ruling is None else ruling.rev
    seen, stale = Seen(request, present), False
    form: Any = (
        AppealForm(sent(request)) if step == "appeal" else RuleForm(sent(request), claims=claims)
    )
    if request.method == "POST" and form.is_valid():
        try:
            _rule(request, row, ruling, step, form, seen)
        except Stale:
            row, stale = _fetch(request, code), True
            ruling = queries.ruling_on(row.pair, row.subject)
            seen.renew(services.claims_state(row.claims) if step == "rule" else ruling.rev)  # type: ignore[union-attr]
        except InvalidInput as error:
            form.take(error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已处理，各方会收到通知"))
            return redirect("brokerage:introduction", code)
    context = {
        "introduction": row,
        "claims": row.claims,
        "sides": _sides(request.user, row),
        "ruling": ruling,
        "step": step,
        "form": form,
        "seen": seen,
        "is_stale": stale,
    }
    status = 409 if stale else 400 if form.errors else 200
    return render_page(request, "brokerage/introduction_rule.html", context, status=status)


def _step(user: Any, row: Introduction, ruling: Ruling | None) -> str:
    """What this person may do now: rule, appeal or decide the appeal. Raises Forbidden, Refused."""
    if ruling is not None and ruling.status == RulingStatus.APPEALED:
        if not user.has_perm("brokerage.decide_ruling", ruling):
            raise Forbidden(_("申诉由作出裁定的人以外的人员决定"))
        return "decide"
    if ruling is not None and user.has_perm("brokerage.appeal_ruling", ruling):
        if refused := RULING.refusal("appeal", ruling, user):
            raise Refused(refused)
        return "appeal"
    if not user.has_perm("brokerage.judge_introduction", row):
        raise Forbidden
    if not _may_rule(user, row, ruling):
        raise Refused(_("没有争议，不需要裁定"))
    return "rule"


def _rule(
    request: Request, row: Introduction, ruling: Ruling | None, step: str, form: Any, seen: Seen
) -> None:
    values = form.cleaned_data
    if step == "rule" or ruling is None:
        services.rule(row, actor=request.user, rev=seen.rev, **values)
    elif step == "appeal":
        services.appeal(ruling, actor=request.user, rev=seen.rev, **values)
    else:
        services.decide_appeal(ruling, actor=request.user, rev=seen.rev, **values)


__all__ = [
    "introduce_enquiry",
    "introduce_meeting",
    "introduction_list",
    "introduction_proof",
    "introduction_rule",
    "introduction_show",
]
