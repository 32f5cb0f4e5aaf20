"""变更: proposing other values for a section of a signed contract, and the other side's answer."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import services
from marketplace.deals.forms import SECTIONS, AmendForm, AnswerAmendmentForm, section_named
from marketplace.deals.models import Amendment, Contract
from marketplace.deals.policies import side_orgs
from marketplace.deals.rulebook.currencies import units
from marketplace.deals.views.editing import page_of
from marketplace.deals.views.shared import (
    UPLOADS,
    Request,
    at_fields,
    contract_of,
    files_of,
    sent,
)
from marketplace.deals.workflow import AMENDMENT, Side
from marketplace.journal.once import once
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.web.differences import NOTHING, Difference, shown, shown_rows
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page

#: The sections that can be amended, in the order of the page.
_OFFERED = tuple(one for one in SECTIONS if one.key in services.AMENDABLE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: Request, code: str, section: str) -> HttpResponse:
    """Propose other values for a section; nothing changes until the other side agrees."""
    current = next((one for one in _OFFERED if one.key == section), None)
    if current is None:
        raise Http404
    contract = contract_of(request, code, action="deals.amend_contract")
    seen, form_key = Seen(request, contract.rev), FormKey(request)
    page = page_of(current, contract, sent(request))
    reason = AmendForm(sent(request))
    status, problem = 200, None
    if request.method == "POST":
        if page.is_edited:
            page.hush()
            reason.hush()
        elif not all([page.is_valid(), reason.is_valid()]):
            status = 400
        else:
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.propose_amendment(
                        contract,
                        section,
                        page.values,
                        reason=reason.cleaned_data["reason"],
                        actor=request.user,
                        rev=seen.rev,
                    ),
                    actor=request.user,
                    code=lambda row: str(row.number),
                )
            except InvalidInput as error:
                status = error.status
                at_fields(page.form, error, page.rows)
            except (Refused, Forbidden, KeyReused) as error:
                status, problem = error.status, error
                if isinstance(error, Stale):
                    seen.renew(error.row.rev)
            else:
                messages.success(request, _("已提出变更，等待对方同意"))
                return redirect("deals:amendment", code, int(made.code))
    context = {
        "contract": contract,
        "section": current,
        "sections": _OFFERED,
        "form": page.form,
        "reason_form": reason,
        "rowsets": [(current.rows[name][1], rows) for name, rows in page.rows.items()],
        "all_forms": [page.form, *page.rows.values(), reason],
        "seen": seen,
        "form_key": form_key,
        "problem": problem,
        "amended": True,
    }
    return render_page(request, "deals/contract_edit.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def amendment(request: Request, code: str, number: int) -> HttpResponse:
    """One amendment: before and after; a POST agrees, rejects or withdraws."""
    contract = contract_of(request, code)
    row = (
        contract.amendments.select_related("proposed_by", "decided_by", "scan")
        .filter(number=number)
        .first()
    )
    if row is None:
        raise Http404
    row.contract = contract
    seen, act = Seen(request, contract.rev), request.POST.get("act", "")
    form = AnswerAmendmentForm(sent(request), files_of(request))
    status, problem = 200, None
    if request.method == "POST":
        status = 400
        try:
            if form.is_valid() and _done(request, row, act, form, seen):
                done = {"move": AMENDMENT.transitions[act].label}
                messages.success(request, _("已办理：%(move)s") % done)
                return redirect("deals:amendment", code, number)
        except InvalidInput as error:
            at_fields(form, error)
        except (Refused, Forbidden, StorageFull) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
    other = Side.BUYER if row.side == Side.SELLER else Side.SELLER
    context = {
        "contract": contract,
        "amendment": row,
        "differences": differences_of(row),
        "moves": {move.name for move in AMENDMENT.available(row, request.user)},
        "attests": not side_orgs(contract, other),
        "form": form,
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "deals/contract_amendment.html", context, status=status)


def _done(request: Request, row: Amendment, act: str, form: Any, seen: Seen) -> bool:
    actor, held = request.user, form.cleaned_data
    if act == "agree":
        services.agree_amendment(row, actor=actor, scan=held["scan"], rev=seen.rev)
    elif act in {"reject", "withdraw"}:
        services.end_amendment(row, act, actor=actor, note=held["note"], rev=seen.rev)
    else:
        return False
    return True


def differences_of(row: Amendment) -> list[Difference]:
    """What the amendment changes, in the words of the form of its section."""
    section = section_named(row.section)
    fields = section.form.base_fields
    found = []
    for name, after in row.after.items():
        before = row.before.get(name)
        if before == after:
            continue
        if name in section.rows:
            formset, label = section.rows[name]
            columns = formset.form.base_fields
            pair = shown_rows(columns, before or []), shown_rows(columns, after)
        elif name == "foreign_amount":
            label = fields[name].label
            pair = _foreign(row.before), _foreign(row.after)
        elif name in fields:
            label = fields[name].label
            pair = shown(fields[name], before), shown(fields[name], after)
        else:
            continue
        found.append(Difference(label, *pair))
    return found


def _foreign(values: Mapping[str, Any]) -> str:
    """The foreign amount of a section in units of its currency; the column counts minor units."""
    minor = values.get("foreign_amount")
    if minor is None:
        return NOTHING
    currency = values["currency"]
    return f"{currency} {units(minor, currency):,f}"


def amends(user: Any, contract: Contract) -> bool:
    """Whether the page offers to propose an amendment."""
    return contract.is_signed and user.has_perm("deals.amend_contract", contract)
