"""The page on which a bidder on the shortlist hands in the whole plan, where a summary came first."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, StorageFull
from marketplace.openings import services
from marketplace.openings.forms import PlanForm
from marketplace.openings.policies import judged
from marketplace.openings.views.shared import PersonRequest, opened
from marketplace.web.acts import at_fields
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user="60/h")
def complete(request: PersonRequest, code: str) -> HttpResponse:
    """The whole plan, once."""
    row = opened(request, code)
    if not request.user.access.in_org(row.bid.organization_id):
        raise Http404
    if not request.user.has_perm("openings.complete_bid", row):
        raise Forbidden(_("完整方案由本单位的审核人或管理员提交"))
    posted = request.method == "POST"
    form = PlanForm(request.POST if posted else None, request.FILES if posted else None)
    problem: Refused | StorageFull | None = None
    status = 200
    if posted:
        status = 400
        if form.is_valid():
            held = form.cleaned_data
            try:
                services.complete_bid(row, held["scheme"], held["uploads"], actor=request.user)
            except InvalidInput as error:
                at_fields(form, error)
            except (Refused, StorageFull) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("完整方案已提交，发榜方会收到通知"))
                return redirect("bids:show", row.bid.code)
    context = {
        "row": row,
        "bid": row.bid,
        "tender": row.opening.tender,
        "form": form,
        "takes": row.takes_plan(clock.now()) and not judged([row.lot_id]),
        "problem": problem,
    }
    response = render_page(request, "openings/complete.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
