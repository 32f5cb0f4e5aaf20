"""The consent of the unit, given on line by its approver."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.brokerage import queries, services
from marketplace.kernel.errors import Refused, Stale
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, code: str) -> HttpResponse:
    """An approver of the unit reads what a member applies for, and agrees on line."""
    broker = fetch(
        queries.brokers(),
        code,
        actor=request.user,
        view="brokerage.consent_broker",
    )
    seen, problem, status = Seen(request, broker.rev), "", 200
    if request.method == "POST":
        try:
            services.give_consent(broker, actor=request.user, rev=seen.rev)  # type: ignore[arg-type]
        except Stale as error:
            status, problem, broker = error.status, str(error), error.row
            seen.renew(broker.rev)
        except Refused as error:
            status, problem = error.status, str(error)
        else:
            messages.success(request, _("已代表单位在线确认同意"))
            return redirect("brokerage:own")
    context = {
        "broker": broker,
        "seen": seen,
        "problem": problem,
        "waits": queries.waits_for_consent(broker),
    }
    return render_page(request, "brokerage/consent.html", context, status=status)
