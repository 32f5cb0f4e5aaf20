"""The pre-check page (自查): what the pre-check says of a contract, for its parties and for the registrar."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from marketplace.deals import queries as deals
from marketplace.deals.workflow import Book
from marketplace.kernel.errors import InvalidInput, StorageFull
from marketplace.registration.forms.precheck import UPLOADS, TextForm
from marketplace.registration.services import precheck as services
from marketplace.registration.views.shared import place_of
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def precheck(request: Any, code: str) -> HttpResponse:
    """The pre-check of a contract with its final text; a POST compares it with a DOCX, of which nothing is kept."""
    contract = fetch(
        deals.visible_to(request.user),
        code,
        actor=request.user,
        view="deals.view_contract",
        action="deals.read_contract",
    )
    is_sent = request.method == "POST"
    form = TextForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    status, reading, problem = 200, None, None
    if is_sent:
        status = 400
        try:
            if form.is_valid():
                reading = services.read_upload(form.cleaned_data["file"], request.user)
                status = 200
        except InvalidInput as error:
            for name, reasons in error.errors.items():
                for reason in reasons:
                    form.add_error(name if name in form.fields else None, str(reason))
        except StorageFull as error:
            problem, status = error, error.status
    reads_final = reading is None
    if reads_final:
        reading = services.read_final_text(contract)
    report = services.report(contract, request.user, reading)
    sees_risks = request.user.has_perm("registration.see_risks", contract)
    context = {
        "contract": contract,
        "report": report,
        "groups": [
            (level, [(row, place_of(contract, row.field)) for row in rows])
            for level, rows in (
                ("blocks", report.blocking),
                ("warns", report.advice),
                ("info", report.notes),
            )
        ],
        "flags": services.flags(contract, request.user) if sees_risks else [],
        "sees_risks": sees_risks,
        "form": form,
        "reads_final": reads_final,
        "problem": problem,
        "is_sample": contract.book == Book.SAMPLE,
        "edits": request.user.has_perm("deals.edit_contract", contract),
    }
    return render_page(request, "registration/precheck.html", context, status=status)
