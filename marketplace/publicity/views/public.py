"""What everybody reads: running and past publicities, each for ever at its address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible
from marketplace.parties import queries as parties
from marketplace.publicity import queries
from marketplace.publicity.models import PUBLICITY_FILES
from marketplace.publicity.workflow import PUBLIC, Status
from marketplace.web.views import fetch, paginate, render_page

STATES = [(state.value, state.label) for state in Status if state in PUBLIC]


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """All publicities, the newest first; `status` and `org` (code of the publisher) narrow them."""
    rows = queries.published()
    state = request.GET.get("status", "")
    if state in dict(STATES):
        rows = queries.published_in(state, clock.now())
    else:
        state = ""
    org = _organization(request.GET.get("org", "")[:16])
    if org is not None:
        rows = rows.filter(owner=org)
    page = paginate(request, rows)
    context = {
        "page": page,
        "state": state,
        "states": STATES,
        "org": org,
    }
    return render_page(request, "publicity/public_list.html", context)


def _organization(code: str) -> Any:
    try:
        return parties.organization_of_code(code) if code else None
    except NotVisible:
        return None


@require_safe
def public_page(request: HttpRequest, code: str) -> HttpResponse:
    """One publicity with its objections as the public learns of them: ground, state, answer, ruling."""
    row = fetch(queries.published(), code, actor=request.user, view="publicity.view_publicity")
    context = {
        "publicity": row,
        "subject": queries.subject_of(row),
        "files": list(attachments_of(PUBLICITY_FILES, row.pk)),
        "objections": queries.public_objections(row),
        "may_object": row.is_on
        and (
            not request.user.is_authenticated
            or request.user.has_perm("publicity.contest_publicity", row)
        ),
        "manages": request.user.has_perm("publicity.manage_publicity", row),
    }
    return render_page(request, "publicity/public_page.html", context)
