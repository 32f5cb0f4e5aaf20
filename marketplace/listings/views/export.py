"""A list as a spreadsheet: the public one with its filters, or the reader's own."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.listings import browsing, exports, filters, services
from marketplace.listings.kind import ListingKind
from marketplace.sheets.exports import Export, export_named
from marketplace.sheets.writers import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx
from marketplace.web.costs import counted
from marketplace.web.signed_out import login_required
from search.query import MAX_DEPTH

#: A workbook of more rows takes seconds, so a job makes it. CSV is streamed.
AT_ONCE = 2_000
FORMATS = {"xlsx": gettext_lazy("导出 Excel"), "csv": gettext_lazy("导出 CSV")}


@require_safe
def export_listings(request: HttpRequest, *, kind: ListingKind) -> HttpResponseBase:
    """What the public list shows with these filters, at most MAX_DEPTH rows."""
    query = filters.read_query(request.GET, kind.facets, page=1)
    return _export(request, export_named(kind.name), lambda: browsing.codes(kind.name, query))


@login_required
@require_safe
def export_own(request: HttpRequest, *, kind: ListingKind) -> HttpResponseBase:
    """The listings of the reader's organisations, at most MAX_DEPTH rows."""
    rows = kind.own(request.user)
    if (state := request.GET.get("status", "")) in kind.flow.states.values:
        rows = rows.filter(status=state)
    codes = rows.values_list("code", flat=True)[:MAX_DEPTH]
    return _export(request, export_named(exports.own_name(kind.name)), lambda: codes)


def links(params: QueryDict, address: str) -> list[dict[str, Any]]:
    """The export links of a list, with its filters."""
    kept = params.copy()
    kept.pop("page", None)
    made = []
    for key, label in FORMATS.items():
        kept["format"] = key
        made.append({"label": label, "url": f"{address}?{kept.urlencode()}"})
    return made


def _format(request: HttpRequest) -> str:
    chosen = request.GET.get("format", "xlsx")
    if chosen not in FORMATS:
        raise InvalidInput({"format": [_("只能导出为 xlsx 或 csv")]})
    return chosen


def _export(
    request: HttpRequest, export: Export, codes: Callable[[], Iterable[str]]
) -> HttpResponseBase:
    """Answer with the export as a file, or start a job for a long workbook; counted by its rate."""
    if not export.may(request.user):
        raise Forbidden
    return counted(export.rate)(_respond)(request, export, codes)


def _respond(
    request: HttpRequest, export: Export, asked: Callable[[], Iterable[str]]
) -> HttpResponseBase:
    chosen = _format(request)
    codes = asked()
    if chosen == "xlsx":
        codes = list(codes)
        if len(codes) > AT_ONCE:
            return _as_job(request, export, codes)
    rows = export.rows(request.user, codes)
    name = f"{export.title}-{clock.today():%Y%m%d}.{chosen}"
    if chosen == "xlsx":
        sheet = write_xlsx(str(export.title), export.columns(), rows)
        return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response = StreamingHttpResponse(write_csv(export.columns(), rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _as_job(request: HttpRequest, export: Export, codes: list[str]) -> HttpResponseBase:
    if not request.user.is_authenticated:
        text = _("超过 %(n)d 条的 Excel 需要登录后在后台生成；也可以缩小范围，或导出 CSV")
        raise InvalidInput({"format": [text % {"n": AT_ONCE}]})
    job = services.start_export(export, codes, actor=request.user)
    return redirect("workbench:job", job.code)
