"""Evidence of the price of a state-held result: the list, and one piece of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import queries
from marketplace.deals.forms import EvidenceForm
from marketplace.deals.services.evidence import remove_evidence, save_evidence
from marketplace.deals.views.shared import (
    EDIT,
    UPLOADS,
    Request,
    at_fields,
    contract_of,
    files_of,
    sent,
)
from marketplace.kernel.errors import InvalidInput, Refused, Stale, StorageFull
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page

_COLUMNS = ("route", "starts_on", "ends_on", "result", "note")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def evidence(request: Request, code: str, number: int = 0) -> HttpResponse:
    """Add evidence, or with `number` change or remove that one."""
    contract = contract_of(request, code, action=EDIT)
    row = contract.price_evidence.filter(pk=number).first() if number else None
    if number and row is None:
        raise Http404
    seen = Seen(request, contract.rev)
    form = EvidenceForm(
        sent(request),
        files_of(request),
        initial={name: getattr(row, name) for name in _COLUMNS} if row else None,
    )
    status, problem = 200, None
    if request.method == "POST":
        status = 400
        try:
            if _done(request, contract, row, form, seen):
                messages.success(request, _("已保存"))
                return redirect("deals:evidence", code)
        except InvalidInput as error:
            at_fields(form, error)
        except (Refused, StorageFull) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
    context: dict[str, Any] = {
        "contract": contract,
        "row": row,
        "rows": list(contract.price_evidence.select_related("file")),
        "form": form,
        "seen": seen,
        "problem": problem,
        "is_needed": queries.needs_price_evidence(contract),
        "is_missing": queries.missing_price_evidence(contract),
    }
    return render_page(request, "deals/contract_evidence.html", context, status=status)


def _done(request: Request, contract: Any, row: Any, form: Any, seen: Seen) -> bool:
    if request.POST.get("act") == "remove" and row is not None:
        form.hush()
        remove_evidence(contract, row, actor=request.user, rev=seen.rev)
        return True
    if not form.is_valid():
        return False
    values = {name: form.cleaned_data[name] for name in _COLUMNS}
    save_evidence(
        contract,
        values,
        upload=form.cleaned_data["file"],
        evidence=row,
        actor=request.user,
        rev=seen.rev,
    )
    return True
