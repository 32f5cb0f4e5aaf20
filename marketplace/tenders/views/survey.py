"""Every tender on one page of the workbench, for the operator, the authority and the auditor."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden
from marketplace.tenders import queries
from marketplace.tenders.views.shared import PersonRequest
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page


@login_required
@require_safe
def survey(request: PersonRequest) -> HttpResponse:
    """All tenders but drafts, the newest first; `state` narrows them."""
    if not request.user.has_perm("tenders.survey_tender"):
        raise Forbidden
    state = request.GET.get("state", "")
    state = state if state in dict(queries.SURVEYED) else ""
    context = {
        "page": paginate(request, queries.surveyed(request.user, state, clock.now())),
        "state": state,
        "states": queries.SURVEYED,
    }
    return render_page(request, "tenders/survey.html", context)
