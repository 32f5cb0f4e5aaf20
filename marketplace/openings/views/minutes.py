"""开标记录: the public minutes, and the chain of receipts as a download."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from marketplace.bids.queries import chain_of
from marketplace.openings import queries, services
from marketplace.openings.models import Opening
from marketplace.tenders import queries as tenders
from marketplace.web.views import fetch, render_page


def _one(request: HttpRequest, code: str) -> Opening:
    """The opening of a public tender; Http404 before the close."""
    tender = fetch(tenders.published(), code, actor=request.user, view="tenders.view_tender")
    found = services.up_to_date(tender)
    if found is None:
        raise Http404
    return found


@require_safe
def minutes(request: HttpRequest, code: str) -> HttpResponse:
    """The minutes of an opening, on one page for the printer."""
    row = _one(request, code)
    context = {"opening": row, "tender": row.tender, "minutes": queries.minutes_of(row)}
    return render_page(request, "openings/minutes.html", context)


@require_safe
def chain(request: HttpRequest, code: str) -> HttpResponse:
    """Every receipt with its number and blind: whoever has one finds it here, and the whole leads to the head.

    Http404 until the opening is complete: before it the numbers would tell who came when.
    """
    row = _one(request, code)
    if not row.is_open:
        raise Http404
    receipts: list[dict[str, Any]] = [
        {
            "number": one.number,
            "blind": one.blind,
            "digest": one.digest,
            "receipt": bytes(one.raw).decode(),
        }
        for one in chain_of(row.tender)
    ]
    head = receipts[-1]["digest"] if receipts else ""
    body = {"version": 1, "tender": row.tender.code, "head": head, "receipts": receipts}
    response = JsonResponse(body)
    response["Content-Disposition"] = f'attachment; filename="{row.tender.code}-receipts.json"'
    return response
