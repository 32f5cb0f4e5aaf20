"""The draft of a contract: on a page that prints well, as DOCX, and as PDF where the machine can make one."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.deals.rulebook.drafting import Heading, Table
from marketplace.deals.services import drafts
from marketplace.deals.views.shared import DRAFTS, Request, contract_of
from marketplace.kernel.children import ChildFailed
from marketplace.kernel.errors import Refused
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_safe
def print_draft(request: Request, code: str) -> HttpResponse:
    """The draft as a page."""
    contract = contract_of(request, code)
    made = drafts.draft(contract)
    blocks = [
        (
            "heading"
            if isinstance(block, Heading)
            else "table"
            if isinstance(block, Table)
            else "note"
            if block.is_note
            else "text",
            block,
        )
        for block in made.blocks
    ]
    context = {
        "contract": contract,
        "draft": made,
        "blocks": blocks,
        "missing": drafts.left_blank(contract),
        "can_print": drafts.can_print(),
    }
    return render_page(request, "deals/contract_print.html", context)


@login_required
@require_safe
@limited("drafts", per_user=DRAFTS, methods=("GET",))
def draft_docx(request: Request, code: str) -> HttpResponse:
    """The draft as a DOCX file."""
    contract = contract_of(request, code)
    return _file(drafts.draft_docx(contract), drafts.DOCX, f"{contract.code}.docx")


@login_required
@require_safe
@limited("drafts", per_user=DRAFTS, methods=("GET",))
def draft_pdf(request: Request, code: str) -> HttpResponse:
    """The draft as a PDF. 404 on a machine that cannot make one: its pages have no link to it."""
    contract = contract_of(request, code)
    if not drafts.can_print():
        raise Http404
    try:
        made = drafts.draft_pdf(contract)
    except ChildFailed as error:
        raise Refused(_("现在不能生成 PDF，请下载 DOCX 文件")) from error
    return _file(made, drafts.PDF, f"{contract.code}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
