"""Letters to bidders: as a page that prints well, and as PDF where the machine can make one."""

from typing import Any

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.awards import queries
from marketplace.awards.models import Entry
from marketplace.awards.rulebook import LOST
from marketplace.awards.views.shared import PersonRequest
from marketplace.kernel.children import ChildFailed
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Refused
from marketplace.kernel.pdf import can_print, pdf_of
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page

_STYLE = (
    "@page { size: A4; margin: 25mm 22mm }"
    "body { font: 12pt/1.8 'Noto Serif CJK SC', 'Source Han Serif SC', serif }"
    "h1 { font-size: 20pt; text-align: center } dt { font-weight: bold } dd { margin: 0 0 6pt }"
)


def _letter(request: PersonRequest, code: str, bid: str) -> dict[str, Any]:
    """The letter of one bid. Raises Http404 for whoever it is not for."""
    if not is_valid_code(code) or not is_valid_code(bid):
        raise Http404
    rows = queries.letters_visible_to(request.user)
    entry = rows.filter(result__code=code, bid__code=bid).first()
    if entry is None or not request.user.has_perm("awards.view_letter", entry):
        raise Http404
    return _context(entry)


def _context(entry: Entry) -> dict[str, Any]:
    """What a letter says. Of others it names the winner alone, who is public."""
    result = entry.result
    award = queries.award_of(result)
    winner = award if award is not None and award.confirmed_at is not None else None
    won = winner is not None and winner.entry_id == entry.pk
    own = entry.awards.first()
    return {
        "entry": entry,
        "result": result,
        "tender": result.tender,
        "winner": winner,
        "won": won,
        "title": result.letter_label if won else LOST[result.tender.procedure],
        "out": own if own is not None and own.ended_at is not None else None,
        "valid_count": result.entries.filter(is_valid=True).count(),
        "count": result.entries.count(),
    }


@login_required
@require_safe
def letter(request: PersonRequest, code: str, bid: str) -> HttpResponse:
    """The letter as a page."""
    context = _letter(request, code, bid) | {"can_print": can_print()}
    return render_page(request, "awards/letter.html", context)


@login_required
@require_safe
@limited("drafts", per_user="30/h", methods=("GET",))
def letter_pdf(request: PersonRequest, code: str, bid: str) -> HttpResponse:
    """The letter as a PDF. 404 on a machine that cannot make one: its pages have no link to it."""
    context = _letter(request, code, bid)
    if not can_print():
        raise Http404
    body = render_to_string("awards/letter_text.html", context)
    page = (
        f'<!doctype html><html lang="{get_language() or "zh-hans"}"><head><meta charset="utf-8">'
        f"<title>{code}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
    try:
        made = pdf_of(page)
    except ChildFailed as error:
        raise Refused(_("现在不能生成 PDF，请用浏览器打印本页")) from error
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{code}.pdf") or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
