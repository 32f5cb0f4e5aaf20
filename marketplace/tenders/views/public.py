"""What everybody reads: open and past tenders, each for ever at its address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.files.queries import attachments_of
from marketplace.kernel import clock
from marketplace.taxonomy import queries as taxonomy
from marketplace.tenders import queries, services
from marketplace.tenders.models import TENDER_FILES
from marketplace.tenders.rulebook import procedures_on
from marketplace.tenders.views.shared import parts_of
from marketplace.web.views import fetch, paginate, render_page

STATES = ("open", "closed", "cancelled")


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """All tenders, those that close next at the top; `state`, `procedure`, `district`, `industry`, `org` narrow."""
    now = clock.now()
    procedures = [(one.name, one.label) for one in procedures_on(clock.day_of(now))]
    asked = _asked(request, dict(procedures))
    page = paginate(request, queries.in_list(asked, now))
    context = {
        "page": page,
        "asked": asked,
        "procedures": procedures,
        "districts": taxonomy.choices("district"),
        "industries": taxonomy.choices("industry"),
    }
    return render_page(request, "tenders/public_list.html", context)


def _asked(request: HttpRequest, procedures: dict[str, Any]) -> dict[str, str]:
    """What the address asks for; what is no choice is left out."""
    state = request.GET.get("state", "open")
    procedure = request.GET.get("procedure", "")
    org = request.GET.get("org", "")[:16]
    district, industry = request.GET.get("district", ""), request.GET.get("industry", "")
    return {
        "state": state if state in STATES else "all",
        "procedure": procedure if procedure in procedures else "",
        "district": district if taxonomy.is_valid("district", district) else "",
        "industry": industry if taxonomy.is_valid("industry", industry) else "",
        "org": org if org.isascii() and org.replace("-", "").isalnum() else "",
    }


@require_safe
def public_page(request: HttpRequest, code: str) -> HttpResponse:
    """One tender: what is wanted, its calendar, questions and answers, amendments, documents."""
    row = services.settle(
        fetch(queries.published(), code, actor=request.user, view="tenders.view_tender")
    )
    mine = request.user.is_authenticated and queries.mine_of(row, request.user)
    context = {
        "tender": row,
        **parts_of(row),
        "now": clock.now(),
        "files": list(attachments_of(TENDER_FILES, row.pk)),
        "questions": list(queries.published_questions(row)),
        "waiting": list(mine) if mine else [],
        "amendments": queries.amendments_of(row, request.user),
        "windows": list(queries.windows_of(row)) if row.ruled_by.objection_days else [],
        "cancellation": queries.announced_cancellation(row),
        "asks": row.takes_questions_now
        and (not request.user.is_authenticated or request.user.has_perm("tenders.ask_tender", row)),
        "manages": request.user.has_perm("tenders.manage_tender", row),
    }
    return render_page(request, "tenders/public_page.html", context)
