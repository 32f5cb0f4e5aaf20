"""The page on which a bidder reveals the content key of his own bid."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import queries, services
from marketplace.openings.forms import RevealForm
from marketplace.openings.models import Reveal
from marketplace.openings.views.shared import PersonRequest
from marketplace.openings.workflow import Outcome
from marketplace.publicity.rulebook import in_words
from marketplace.web.acts import at_fields
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("opening-reveal", per_user="60/h")
def reveal(request: PersonRequest, code: str) -> HttpResponse:
    """Key record and words open the recovery box in the browser; or the code that the server gave is typed."""
    rows = queries.bid_rows()
    row = rows.filter(bid__code=code).first() if is_valid_code(code) else None
    if row is None or not request.user.access.in_org(row.bid.organization_id):
        raise Http404
    if not request.user.has_perm("openings.reveal_bid", row):
        raise Forbidden
    form = RevealForm(request.POST if request.method == "POST" else None)
    problem, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.reveal_key(row, form.cleaned_data["code"], actor=request.user)
            except InvalidInput as error:
                at_fields(form, error)
            except Refused as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("密钥已公开，方案随即开启"))
                return redirect("bids:show", row.bid.code)
    asked = row.waits and (row.outcome == Outcome.DISPUTED or row.opening.asked_at is not None)
    until = row.reveal_until if row.outcome == Outcome.DISPUTED else row.opening.reveal_until
    header = bytes(row.envelope.header).decode()
    context = {
        "row": row,
        "bid": row.bid,
        "tender": row.opening.tender,
        "form": form,
        "problem": problem,
        "asked": asked,
        "is_done": Reveal.objects.filter(opened=row).exists(),
        "until": in_words(until) if until is not None else "",
        "by_browser": row.envelope.sealed_by == "browser",
        "data": json.dumps({"header": header, "hash": row.envelope.header_hash}),
    }
    response = render_page(request, "openings/reveal.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
