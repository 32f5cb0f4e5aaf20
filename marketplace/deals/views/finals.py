"""The final text: put before both sides, confirmed on line by its hash, attested for parties from outside."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import queries, services
from marketplace.deals.forms import AttestForm, FinalTextForm, ReasonForm
from marketplace.deals.models import Contract, ContractParty, FinalText
from marketplace.deals.services import drafts
from marketplace.deals.views.shared import UPLOADS, Request, at_fields, contract_of, files_of, sent
from marketplace.deals.workflow import CONTRACT, ContractStatus, Side
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, StorageFull
from marketplace.kernel.revisions import check
from marketplace.parties.policies import access_of
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def text(request: Request, code: str) -> HttpResponse:
    """The final text of a contract; a POST puts one, confirms it (`act`), or sends it back."""
    contract = contract_of(request, code)
    seen, act = Seen(request, contract.rev), request.POST.get("act", "")
    form = FinalTextForm(
        sent(request) if act == "put" else None,
        files_of(request) if act == "put" else None,
        initial={"source": "generated"},
    )
    reason = ReasonForm(sent(request) if act == "reopen" else None)
    status, problem = 200, None
    if request.method == "POST":
        status = 400
        try:
            if done := _done(request, contract, act, form, reason, seen):
                messages.success(request, done)
                return redirect("deals:text", code)
        except InvalidInput as error:
            at_fields(reason if act == "reopen" else form, error)
        except (Refused, Forbidden, StorageFull) as error:
            problem, status = error, error.status
        contract = contract_of(request, code)
        if problem is not None:
            seen.renew(contract.rev)
    return render_page(
        request,
        "deals/contract_text.html",
        _context(request, contract)
        | {
            "form": form,
            "reason_form": reason,
            "seen": seen,
            "problem": problem,
        },
        status=status,
    )


def _done(
    request: Request, contract: Contract, act: str, form: Any, reason: Any, seen: Seen
) -> Any:
    """Do what the button says; the sentence for the reader, or "" when a form was not valid."""
    if act == "put" and form.is_valid():
        is_own = form.cleaned_data["source"] == "generated"
        services.set_final_text(
            contract,
            drafts.final_text(contract) if is_own else form.cleaned_data["file"],
            source=form.cleaned_data["source"],
            actor=request.user,
            rev=seen.rev,
        )
        return _("已提交定稿，等待双方确认")
    if act == "confirm":
        services.confirm_final(
            contract, sha256=request.POST.get("sha256", "")[:64], actor=request.user
        )
        return _("已在线确认定稿")
    if act == "reopen" and reason.is_valid():
        services.reopen(
            contract, reason=reason.cleaned_data["reason"], actor=request.user, rev=seen.rev
        )
        return _("已退回修改，原来的确认不再有效")
    return ""


def _context(request: Request, contract: Contract) -> dict[str, Any]:
    user = request.user
    current = queries.open_text(contract)
    waiting = queries.waiting_parties(current) if current is not None else []
    binds = user.has_perm("deals.bind_contract", contract)
    is_open = contract.status == ContractStatus.CONFIRMING
    own = [row for row in waiting if access_of(user).binds(row.organization_id)]
    confirmed = (
        {row.party_id: row for row in current.confirmations.select_related("by", "scan")}
        if current
        else {}
    )
    return {
        "contract": contract,
        "text": current,
        "lines": [
            {
                "party": row,
                "confirmation": confirmed.get(row.pk),
                "attests": is_open and binds and row in waiting and not row.is_inside,
            }
            for row in queries.parties_of(contract)
            if row.side != Side.BROKER
        ],
        "own": own if is_open else [],
        "puts": contract.status == ContractStatus.DRAFT
        and user.has_perm("deals.edit_contract", contract),
        "refusal": CONTRACT.refusal("propose_text", contract, user),
        "reopens": not CONTRACT.refusal("reopen", contract, user),
        "missing": drafts.left_blank(contract) if contract.status == ContractStatus.DRAFT else (),
        "old": [row for row in queries.texts_of(contract) if row.withdrawn_at],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def attest(request: Request, code: str, party: int) -> HttpResponse:
    """Attest by a scan that a party from outside, or a natural person, agreed to the final text."""
    contract = contract_of(request, code, action="deals.bind_contract")
    row = next((one for one in queries.parties_of(contract) if one.pk == party), None)
    if row is None or row.side == Side.BROKER:
        raise Http404
    return _attest(request, contract, row)


def _attest(request: Request, contract: Contract, party: ContractParty) -> HttpResponse:
    form = AttestForm(sent(request), files_of(request))
    current = queries.open_text(contract)
    # What the attestation is of: a newer text has another hash.
    seen = Seen(request, current.sha256 if current else "")
    status, problem = 200, None
    if form.is_bound:
        status = 400
        if form.is_valid():
            try:
                _check_shown(current, seen)
                services.attest_final(
                    contract,
                    party,
                    form.cleaned_data["scan"],
                    # The text may be replaced between the check above and the lock.
                    sha256=str(seen.rev or ""),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except (Refused, Forbidden, StorageFull) as error:
                problem, status = error, error.status
                seen.renew(current.sha256 if current else "")
            else:
                messages.success(request, _("已存入对方的确认"))
                return redirect("deals:text", contract.code)
    context = {
        "contract": contract,
        "party": party,
        "text": current,
        "form": form,
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "deals/contract_attest.html", context, status=status)


def _check_shown(current: FinalText | None, seen: Seen) -> None:
    """Raise Stale when the page was made from another text than the present one, Refused without a text."""
    if current is None:
        raise Refused(_("还没有提交定稿"))
    check(current.sha256, seen.rev, current)
