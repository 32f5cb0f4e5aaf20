"""The pack of a tender for the authority and for a court."""

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from marketplace.records import services
from marketplace.records.exports import write_pack
from marketplace.records.forms import PurposeForm
from marketplace.tenders import queries as tenders
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("audit-pack", per_user="20/h")
def pack(request: HttpRequest, code: str) -> HttpResponseBase:
    """GET asks for the purpose, POST gives the ZIP. A POST, since taking it is recorded."""
    tender = fetch(
        tenders.visible_to(request.user), code, actor=request.user, view="records.audit_tender"
    )
    form = PurposeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        context = {"tender": tender, "form": form}
        return render_page(request, "records/pack_page.html", context, status=status)
    services.take_pack(tender, form.cleaned_data["purpose"], actor=request.user)
    response = FileResponse(
        write_pack(tender, request.user),
        as_attachment=True,
        filename=f"{tender.code}.zip",
        content_type="application/zip",
    )
    response["Cache-Control"] = "private, no-store"
    return response
