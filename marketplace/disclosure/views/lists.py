"""What was asked of us and what we gave, what we may read, and the log of who read."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.disclosure import queries
from marketplace.disclosure.models import Reading
from marketplace.disclosure.policies import subject_of_code, subjects
from marketplace.disclosure.views.shared import PersonRequest
from marketplace.disclosure.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.parties.policies import Role
from marketplace.sheets.writers import CSV_TYPE, XLSX_TYPE, Column, write_csv, write_xlsx
from marketplace.web.costs import counted
from marketplace.web.formats import local
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

#: Rows of one export.
MOST_ROWS = 10_000


@login_required
@require_safe
def given(request: PersonRequest) -> HttpResponse:
    """Requests to the reader's organisations and grants of theirs."""
    return _grants(request, queries.given_by(request.user), "disclosure/grant_given.html")


@login_required
@require_safe
def held(request: PersonRequest) -> HttpResponse:
    """What the reader's organisations asked for and may read."""
    return _grants(request, queries.held_by(request.user), "disclosure/grant_held.html")


def _grants(request: PersonRequest, rows: Any, template: str) -> HttpResponse:
    state = request.GET.get("status", "")
    if state in Status.values:
        rows = rows.filter(status=state)
    page = paginate(request, rows)
    pairs = queries.with_subjects(page.object_list)
    named = queries.named_grants(request.user, pairs)
    context = {
        "page": page,
        "rows": [(grant, subject, named[grant.pk]) for grant, subject in pairs],
        "states": Status.choices,
        "state": state,
    }
    return render_page(request, template, context)


@login_required
@require_safe
def log(request: PersonRequest) -> HttpResponse:
    """Who read the confidential parts of the reader's organisations."""
    page = paginate(request, _filtered(request), size=50)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "page": page,
        "rows": list(_with_titles(page.object_list)),
        "whats": Reading.What.choices,
        "asked": {name: request.GET.get(name, "")[:120] for name in ("listing", "what", "reader")},
        "export": f"{reverse('disclosure:export_log')}?{asked.urlencode()}",
    }
    return render_page(request, "disclosure/reading_log.html", context)


@login_required
@require_safe
@counted("export")
def export_log(request: PersonRequest) -> HttpResponseBase:
    """The log with the same filters as a spreadsheet, the newest MOST_ROWS rows."""
    chosen = request.GET.get("format", "xlsx")
    if chosen not in {"xlsx", "csv"}:
        raise InvalidInput({"format": [_("只能导出为 xlsx 或 csv")]})
    columns = [
        Column(_("时间"), 20),
        Column(_("信息编号"), 18),
        Column(_("标题"), 40),
        Column(_("方式"), 10),
        Column(_("附件"), 30),
        Column(_("查阅单位"), 30),
        Column(_("查阅人"), 14),
    ]
    rows = _cells(_filtered(request)[:MOST_ROWS])
    name = f"{_('查阅记录')}-{clock.today():%Y%m%d}.{chosen}"
    if chosen == "xlsx":
        sheet = write_xlsx(_("查阅记录"), columns, rows)
        return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    response = StreamingHttpResponse(write_csv(columns, rows), content_type=CSV_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _filtered(request: HttpRequest) -> QuerySet[Reading]:
    rows = queries.readings_for(request.user)
    if code := request.GET.get("listing", "").strip():
        subject = subject_of_code(code[:40], request.user)
        rows = (
            rows.filter(subject_kind=subject.kind, subject_id=subject.pk)
            if subject
            else rows.none()
        )
    if (what := request.GET.get("what", "")) in Reading.What.values:
        rows = rows.filter(what=what)
    if reader := request.GET.get("reader", "").strip()[:120].replace("\0", ""):
        rows = rows.filter(
            Q(organization_name__icontains=reader) | Q(staff_role="", user__name__icontains=reader)
        )
    return rows


def _with_titles(rows: Any) -> Iterator[dict[str, Any]]:
    """Each row of the log as it is shown: people by name and organisation, staff by their office alone."""
    rows = list(rows)
    found: dict[tuple[str, int], Any] = {}
    for kind in {row.subject_kind for row in rows}:
        ids = {row.subject_id for row in rows if row.subject_kind == kind}
        found |= {(kind, pk): subject for pk, subject in subjects(kind, ids).items()}
    offices = dict(Role.choices)
    for row in rows:
        yield {
            "row": row,
            "subject": found.get((row.subject_kind, row.subject_id)),
            "organization": offices.get(row.staff_role, "") or row.organization_name,
            "person": "" if row.staff_role else row.user.get_full_name() if row.user else "",
        }


def _cells(rows: Any) -> Iterator[list[Any]]:
    for line in _with_titles(rows):
        row, subject = line["row"], line["subject"]
        yield [
            f"{local(row.at):%Y-%m-%d %H:%M:%S}",
            subject.code if subject else "",
            subject.title if subject else "",
            str(row.get_what_display()),
            row.attachment_name,
            str(line["organization"]),
            line["person"],
        ]
