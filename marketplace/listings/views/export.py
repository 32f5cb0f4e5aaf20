"""Any filtered list as a spreadsheet: the public one with its filters, or the reader's own."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.listings import exports, filters, queries
from marketplace.listings.kind import Kind
from marketplace.sheets.writers import CSV_TYPE, XLSX_TYPE, write_csv, write_xlsx
from marketplace.web.throttle import limited
from search.query import MAX_DEPTH

FORMATS = {"xlsx": gettext_lazy("导出 Excel"), "csv": gettext_lazy("导出 CSV")}


@require_safe
@limited("export", per_ip="30/10m", methods=("GET",))
def export_listings(request: HttpRequest, *, kind: Kind) -> HttpResponseBase:
    """What the public list shows with these filters, at most MAX_DEPTH rows."""
    chosen = _format(request)
    query = filters.read_query(request.GET, kind.facets, page=1)
    codes = queries.found_codes(kind.name, query)
    return _respond(request, kind, codes, chosen, is_own=False)


@login_required
@require_safe
@limited("export", per_user="30/10m", methods=("GET",))
def export_own(request: HttpRequest, *, kind: Kind) -> HttpResponseBase:
    """The listings of the reader's organisations, at most MAX_DEPTH rows."""
    chosen = _format(request)
    rows = kind.shape.own(request.user)
    if (state := request.GET.get("status", "")) in kind.flow.states.values:
        rows = rows.filter(status=state)
    codes = rows.values_list("code", flat=True)[:MAX_DEPTH]
    return _respond(request, kind, codes, chosen, is_own=True)


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


def _respond(
    request: HttpRequest, kind: Kind, codes: Iterable[str], chosen: str, *, is_own: bool
) -> HttpResponseBase:
    columns = exports.for_reader(kind.columns, is_own=is_own)
    visible = kind.shape.visible_to(request.user).prefetch_related(*kind.children)
    rows = exports.rows_of(visible, codes, columns)
    heads = [column.for_sheet() for column in columns]
    name = f"{kind.title}-{clock.today():%Y%m%d}.{chosen}"
    if chosen == "xlsx":
        sheet = write_xlsx(str(kind.title), heads, rows)
        return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response = StreamingHttpResponse(write_csv(heads, rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
