"""What is copied, printed and verified: the copying sheet (抄录单), the list of registered contracts, the verification page."""

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.files import queries as files
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.registration import queries
from marketplace.registration.models import Filing
from marketplace.registration.queries.form import form_of
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.numbers import shown
from marketplace.registration.rulebook.settings import setting_on
from marketplace.registration.views.shared import fetch_filing, registered_facts
from marketplace.registration.workflow import COUNTED
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page

#: Rows of one printed list.
MOST = 200


@login_required
@require_safe
def form_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The copying sheet (抄录单): the fields of the official form in its order, each to be copied."""
    filing = fetch_filing(request, code)
    context = {
        "filing": filing,
        "contract": filing.contract,
        "groups": form_of(filing.contract),
        "is_sample": filing.book == "sample",
    }
    return render_page(request, "registration/form_sheet.html", context)


@login_required
@require_safe
def registered_list(request: HttpRequest) -> HttpResponse:
    """A printed list of an organisation's contracts whose registration is in force.

    Large and other contracts stand on lists of their own; a list names the day and the digest of its rows,
    and a contract whose registration ended is on it no more.
    """
    size = request.GET.get("size", "")
    size = size if size in {"large", "other"} else "other"
    rows = queries.own_filings(request.user).filter(
        status__in=sorted(COUNTED), registered_elsewhere=False
    )
    limit = setting_on(settings.SECOND_REVIEW_FROM, clock.today())
    least = limit.value if limit is not None else 0
    of_size = (
        {"recognised_total_fen__gte": least}
        if size == "large"
        else {"recognised_total_fen__lt": least}
    )
    rows = rows.filter(**of_size)
    years = sorted({day.year for day in rows.dates("official_on", "year")}, reverse=True)
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else None
    year = year if year in years else None
    if year is not None:
        rows = rows.filter(official_on__year=year)
    count = rows.count()
    chosen = list(rows.order_by("official_on", "id")[:MOST])
    context = {
        "rows": [{"filing": row, "number": shown(row.official_number or "")} for row in chosen],
        "size": size,
        "years": years,
        "year": year,
        "count": count,
        "is_cut": count > len(chosen),
        "total": sum(row.recognised_total_fen or 0 for row in chosen),
        "technical": sum(row.recognised_technical_fen or 0 for row in chosen),
        "digest": _digest(chosen),
        "today": clock.today(),
        "is_sample": any(row.book == "sample" for row in chosen),
    }
    return render_page(request, "registration/registered_list.html", context)


def _digest(rows: list[Filing]) -> str:
    """The SHA-256 of the rows as printed, in their order."""
    lines = [
        f"{row.official_number},{row.official_on},{row.recognised_type},"
        f"{row.recognised_total_fen},{row.recognised_technical_fen}"
        for row in rows
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@login_required
@require_safe
def verification(request: HttpRequest, code: str) -> HttpResponse:
    """The verification page (平台核验页) for those who see the filing: what the platform recorded, beside the certificate."""
    filing = fetch_filing(request, code)
    if filing.official_number is None:
        raise Refused(_("登记后才有核验页"))
    context: dict[str, Any] = {
        "filing": filing,
        "contract": filing.contract,
        "registered": registered_facts(filing),
        "certificates": files.file_rows(queries.certificates_of(filing)),
        "link": request.build_absolute_uri(
            reverse("registration:verify", args=[filing.verify_token])
        ),
        "is_in_force": filing.status in COUNTED,
        "is_sample": filing.book == "sample",
        "now": clock.now(),
    }
    return render_page(request, "registration/verification.html", context)


@never_cache
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """The public page behind the token: number, kind, date and state; no amount and no person."""
    filing = queries.filing_by_token(token)
    if filing is None:
        raise Http404
    context = {
        "filing": filing,
        "number": shown(filing.official_number or ""),
        "is_in_force": filing.status in COUNTED,
        "is_sample": filing.book == "sample",
        "now": clock.now(),
    }
    response = render_page(request, "registration/verify.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
