"""The seller's side: filings, one filing with what is next, papers, batches, use of a registration."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.registration import queries
from marketplace.registration.forms.filing import (
    ElsewhereForm,
    FiledForm,
    PaperForm,
    ReasonForm,
    ReportForm,
    UseForm,
)
from marketplace.registration.models import Filing
from marketplace.registration.services import batch, using
from marketplace.registration.services import filing as services
from marketplace.registration.views.shared import NEXT, common, fetch_filing, place_of, steps_of
from marketplace.registration.workflow import COUNTED, FILING, WITH_SELLER
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def filings(request: HttpRequest) -> HttpResponse:
    """The filings of the reader's organisations, newest first."""
    rows = queries.own_filings(request.user)
    context = {
        "page": paginate(request, rows),
        "to_file": queries.to_file(request.user).filter(filing__isnull=True).count(),
    }
    return render_page(request, "registration/filing_list.html", context)


def _contract(request: HttpRequest, code: str, action: str) -> Contract:
    return fetch(
        deals.visible_to(request.user),
        code,
        actor=request.user,
        view="deals.view_contract",
        action=action,
    )


@login_required
@require_POST
def open_filing(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the registration of a contract. Sent twice, it opens the same filing."""
    contract = _contract(request, code, "registration.file_contract")
    actor: Any = request.user
    filing = services.open_filing(contract, actor=actor)
    return redirect("registration:filing", filing.code)


#: Who holds one of these may send the page of a filing.
_MAY_POST = (
    "registration.prepare_registration",
    "registration.report_registration",
    "registration.dispute_registration",
)
#: Moves of the seller that need no form.
_PLAIN = ("submit", "resubmit", "recall", "reopen")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def filing(request: HttpRequest, code: str) -> HttpResponse:
    """One filing as its parties see it; a POST submits, recalls, reports or objects."""
    row = fetch_filing(request, code)
    posted = request.method == "POST"
    if posted and not any(request.user.has_perm(name, row) for name in _MAY_POST):
        raise Forbidden
    seen, problem, blocked = Seen(request, row.rev), "", []
    status, stale = 200, False
    move = request.POST.get("move", "") if posted else ""
    form = _form(request, move)
    if posted:
        status = 400
        try:
            if _moved(request, row, move, form, seen):
                return redirect("registration:filing", code)
        except Stale as error:
            status, stale = error.status, True
            row = fetch_filing(request, code)
            seen.renew(row.rev)
        except services.Blocked as error:
            status, blocked = error.status, error.findings
        except Refused as error:
            status, problem = error.status, str(error)
            row = fetch_filing(request, code)
    moves = {one.name: one for one in FILING.available(row, request.user)}
    context = common(row) | {
        "seen": seen,
        "is_stale": stale,
        "problem": problem,
        "blocked": blocked,
        "steps": steps_of(row),
        "next": NEXT[row.status],
        "moves": moves,
        "plain": [moves[name] for name in _PLAIN if name in moves],
        "filed_form": form if move == "record_filed" and posted else FiledForm(),
        "dispute_form": form if move == "dispute" and posted else ReasonForm(),
        "paper_form": PaperForm(),
        "adds_paper": row.status in WITH_SELLER
        and request.user.has_perm("registration.prepare_registration", row),
        "adds_certificate": row.official_number is not None
        and request.user.has_perm("registration.prepare_registration", row),
        "records_use": bool(_sides(request, row)),
        "is_with_seller": row.status in WITH_SELLER,
        "reasons": [
            {**one, "url": place_of(row.contract, one.get("field", ""))}
            for one in row.return_reasons
        ],
    }
    return render_page(request, "registration/filing.html", context, status=status)


def _form(request: HttpRequest, move: str) -> Any:
    if move == "record_filed":
        return FiledForm(request.POST)
    return ReasonForm(request.POST) if move == "dispute" else None


def _moved(request: HttpRequest, row: Filing, move: str, form: Any, seen: Seen) -> bool:
    """Whether the move was made. Raises Refused, Stale, Forbidden."""
    how: dict[str, Any] = {"actor": request.user, "rev": seen.rev}
    if move in ("submit", "resubmit"):
        services.submit(row, **how)
    elif move in ("recall", "reopen"):
        getattr(services, move)(row, **how)
    elif form is None:
        messages.warning(request, _("请选择要做什么"))
        return False
    elif not form.is_valid():
        return False
    else:
        try:
            if move == "record_filed":
                services.record_filed(row, **form.cleaned_data, **how)
            else:
                services.dispute(row, reason=form.cleaned_data["reason"], **how)
        except InvalidInput as error:
            form.take(error)
            return False
    done = {"move": FILING.transitions[move].label}
    messages.success(request, _("已办理：%(move)s") % done)
    return True


@login_required
@require_POST
@limited("uploads", per_user="60/h")
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """File a paper, or the official certificate once the contract is registered."""
    row = fetch_filing(request, code)
    if not (
        request.user.has_perm("registration.prepare_registration", row)
        or (
            row.official_number is not None
            and request.user.has_perm("registration.decide_registration", row)
        )
    ):
        raise Forbidden
    form = PaperForm(request.POST, request.FILES)
    actor: Any = request.user
    if form.is_valid():
        store = services.file_certificate if row.official_number is not None else services.add_paper
        try:
            store(row, form.cleaned_data["file"], actor=actor)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, _("已存入"))
            page = "decide" if request.POST.get("from") == "desk" else "filing"
            return redirect(f"registration:{page}", code)
    context = {"filing": row, "paper_form": form}
    return render_page(request, "registration/paper.html", context, status=400)


# --- many at once -----------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_filing(request: HttpRequest) -> HttpResponse:
    """One sheet for all signed contracts of an organisation that are not filed; a POST submits the chosen."""
    outcomes: list[batch.Outcome] = []
    status = 200
    actor: Any = request.user
    rows = queries.to_file(request.user)
    if request.method == "POST":
        codes = [code for code in request.POST.getlist("codes") if is_valid_code(code)]
        chosen = list(rows.filter(code__in=codes)[: batch.MOST])
        if chosen:
            outcomes = services.submit_many(chosen, actor=actor)
        else:
            messages.warning(request, _("没有选择任何合同"))
            status = 400
    page = paginate(request, rows.all(), size=batch.MOST)
    done = sum(one.done for one in outcomes)
    context = {
        "page": page,
        "outcomes": outcomes,
        "failed": [one for one in outcomes if not one.done],
        "done": done,
        "done_text": ngettext("已提交 %(n)s 份", "已提交 %(n)s 份", done) % {"n": done},
        "most": batch.MOST,
    }
    return render_page(request, "registration/batch.html", context, status=status)


# --- uses of the certificate (用证) -------------------------------------------------------------------------------------
def _sides(request: HttpRequest, row: Filing) -> list[str]:
    if not request.user.has_perm("registration.use_registration", row):
        return []
    return [side for side in ("seller", "buyer") if using.works_for(request.user, row, side)]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def uses(request: HttpRequest, code: str) -> HttpResponse:
    """The uses of a registration; a POST records one, or reports one after a change."""
    row = fetch_filing(request, code)
    sides = _sides(request, row)
    posted = request.method == "POST"
    if posted and not sides:
        raise Forbidden
    seen, form_key, status = Seen(request, row.rev), FormKey(request), 200
    reporting = request.POST.get("report", "") if posted else ""
    form = UseForm(
        request.POST if posted and not reporting else None,
        instalments=row.contract.instalments.all(),
        invoices=row.contract.invoices.all(),
        sides=sides,
    )
    report = ReportForm(request.POST if reporting else None)
    stale, problem = False, ""
    if posted:
        status = 400
        try:
            if _used(request, row, form, report, reporting, seen, form_key):
                messages.success(request, _("已登记"))
                return redirect("registration:uses", code)
        except Stale as error:
            status, stale = error.status, True
            row = fetch_filing(request, code)
            seen.renew(row.rev)
        except (Refused, KeyReused) as error:
            status, problem = error.status, str(error)
    context = {
        "filing": row,
        "contract": row.contract,
        "uses": list(row.uses.select_related("instalment", "invoice")),
        "form": form,
        "report": report,
        "reporting": reporting,
        "seen": seen,
        "form_key": form_key,
        "is_stale": stale,
        "problem": problem,
        "sides": sides,
        "records": bool(sides) and row.status in COUNTED,
    }
    return render_page(request, "registration/uses.html", context, status=status)


def _used(
    request: HttpRequest,
    row: Filing,
    form: UseForm,
    report: ReportForm,
    reporting: str,
    seen: Seen,
    form_key: FormKey,
) -> bool:
    actor: Any = request.user
    if reporting:
        if not (reporting.isascii() and reporting.isdecimal() and len(reporting) < 18):
            raise Http404
        if not report.is_valid():
            return False
        try:
            services.report_use(
                row, int(reporting), report.cleaned_data["reported_on"], actor=actor, rev=seen.rev
            )
        except InvalidInput as error:
            report.take(error)
            return False
        return True
    if not form.is_valid():
        return False
    data = form.cleaned_data
    use = services.Use(
        side=data["side"],
        kind=data["kind"],
        used_on=data["used_on"],
        amount_fen=data["amount"],
        instalment=form.instalments.get(data["instalment"]),
        invoice=form.invoices.get(data["invoice"]),
        note=data["note"],
    )
    try:
        once(
            form_key.ticket(),
            lambda: services.record_use(row, use, actor=actor, rev=seen.rev),
            actor=actor,
            code=lambda made: str(made.pk),
        )
    except InvalidInput as error:
        form.take(error)
        return False
    return True


# --- registered elsewhere ---------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """Note the registration at the seller's place of a contract whose buyer is in the city."""
    contract = _contract(request, code, "registration.adopt_contract")
    form = ElsewhereForm(
        request.POST if request.method == "POST" else None,
        initial={
            "contract_type": contract.contract_type,
            "total": contract.amount_total_fen,
            "technical": contract.amount_technical_fen,
        },
    )
    form_key, status, problem = FormKey(request), 200, ""
    actor: Any = request.user
    if request.method == "POST":
        status = 400
        if form.is_valid() and form.is_sure(contract):
            data = form.cleaned_data
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.register_elsewhere(
                        contract,
                        data["official_number"],
                        data["official_on"],
                        recognised=form.recognised(),
                        actor=actor,
                    ),
                    actor=actor,
                )
            except InvalidInput as error:
                form.take(error)
            except (Refused, KeyReused) as error:
                status, problem = error.status, str(error)
            else:
                messages.success(request, _("已登记"))
                return redirect("registration:filing", made.code)
    context = {"contract": contract, "form": form, "form_key": form_key, "problem": problem}
    return render_page(request, "registration/elsewhere.html", context, status=status)
