"""The official register: out as a workbook, in from a file; and the proposed origins of imported contracts."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.deals import services as deals
from marketplace.deals.queries import with_proposals
from marketplace.deals.workflow import Book
from marketplace.files import services as files
from marketplace.files import storage
from marketplace.files.rulebook import clean_name
from marketplace.journal.once import made_before, once
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.registration import events, exports
from marketplace.registration.forms.ledger import MappingForm, RegisterUploadForm
from marketplace.registration.imports.columns import COLUMNS, layout_headings
from marketplace.registration.models import RegisterImport
from marketplace.registration.queries import imports as queries
from marketplace.registration.services import imports
from marketplace.registration.views.shared import book_of
from marketplace.sheets.exports import export_named
from marketplace.sheets.readers import MAX_BYTES
from marketplace.sheets.writers import XLSX_TYPE, write_xlsx
from marketplace.web.costs import counted
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import", per_user="30/h")
def register_imports(request: HttpRequest) -> HttpResponse:
    """Earlier imports, and a form for the next file; nothing is written before its plan is confirmed."""
    if not request.user.has_perm("registration.read_imports"):
        raise Forbidden
    may = request.user.has_perm("registration.import_register")
    posted = request.method == "POST"
    if posted and not may:
        raise Forbidden
    form = RegisterUploadForm(request.POST or None, request.FILES or None)
    form_key, status = FormKey(request), 400 if posted else 200
    if posted and form.is_valid():
        try:
            return redirect("registration:import", _started(request, form, form_key))
        except (InvalidInput, KeyReused, Refused, StorageFull) as error:
            status = error.status
            for text in getattr(error, "errors", {}).get("file", [error.reason]):
                form.add_error("file", str(text))
    context = {
        "form": form if may else None,
        "form_key": form_key,
        "page": paginate(request, queries.imports_read_by(request.user)),
        "approved": queries.to_export().count(),
        "samples": queries.to_export(Book.SAMPLE).count(),
    }
    return render_page(request, "registration/imports.html", context, status=status)


def _started(request: HttpRequest, form: RegisterUploadForm, form_key: FormKey) -> str:
    ticket = form_key.ticket()
    if code := made_before(ticket, actor=request.user):
        return code
    upload = form.cleaned_data["file"]
    stored = files.receive(upload, actor=request.user, most=MAX_BYTES)
    made = None
    try:
        made = once(
            ticket,
            lambda: imports.start_import(
                actor=request.user,
                file_name=clean_name(upload.name or ""),
                file_path=stored.path,
                file_sha256=stored.sha256,
                unit=form.cleaned_data["unit"],
            ),
            actor=request.user,
        )
    finally:
        if made is None or not made.is_new:
            storage.erase(stored.path)
    return made.code


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register_import(request: HttpRequest, code: str) -> HttpResponse:
    """The plan of one file; a POST confirms this very plan, or gives headings their columns."""
    batch = _batch(request, code)
    if request.method == "POST" and not request.user.has_perm("registration.import_register"):
        raise Forbidden
    seen = Seen(request, batch.rev)
    status, problem = 200, ""
    form = _mapping_form(batch, request.POST if "map" in request.POST else None)
    if request.method == "POST":
        status = 400
        try:
            if _acted(request, batch, form, seen):
                return redirect("registration:import", batch.code)
            if not form.is_bound:
                problem = _("请选择要做什么")
        except Stale as error:
            status, problem = error.status, _("计划已经变化，请核对最新的计划后再确认")
            batch.refresh_from_db()
            seen.renew(batch.rev)
        except Refused as error:
            status, problem = error.status, str(error.reason)
    context = {
        "batch": batch,
        "form": form,
        "seen": seen,
        "problem": problem,
        "may": request.user.has_perm("registration.import_register"),
        "history": history(events.REGISTER_IMPORT, batch.pk, limit=20),
    }
    return render_page(request, "registration/import.html", context, status=status)


def _acted(request: HttpRequest, batch: RegisterImport, form: MappingForm, seen: Seen) -> bool:
    if "map" in request.POST:
        if not form.is_valid():
            return False
        unit = form.cleaned_data["unit"]
        imports.map_headings(batch, form.mapping, unit=unit, actor=request.user, rev=seen.rev)
        return True
    if "confirm" in request.POST:
        plan = request.POST.get("plan", "")[:64]
        imports.confirm_import(batch, plan=plan, actor=request.user)
        messages.success(request, _("已开始导入"))
        return True
    return False


def _mapping_form(batch: RegisterImport, data: Any) -> MappingForm:
    headings = layout_headings(batch.counts.get("headers", ()), batch.mapping)
    columns = [(one.name, one.label) for one in COLUMNS]
    return MappingForm(data, headings=headings, columns=columns, unit=batch.unit)


@login_required
@require_safe
def register_result(request: HttpRequest, code: str) -> HttpResponseBase:
    """The uploaded rows with what became of each."""
    batch = _batch(request, code)
    if not batch.result_path or not storage.exists(batch.result_path):
        raise Http404
    name = _("核对结果-%(code)s.xlsx") % {"code": batch.code}
    file = storage.open_stored(batch.result_path)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _batch(request: HttpRequest, code: str) -> RegisterImport:
    return fetch(
        queries.imports_read_by(request.user),
        code,
        actor=request.user,
        view="registration.read_imports",
    )


@login_required
@require_safe
@counted("export")
def register_export(request: HttpRequest) -> HttpResponseBase:
    """Approved filings of a book in the order of the official form, as XLSX."""
    export = export_named(exports.NAME)
    if not export.may(request.user):
        raise Forbidden
    book = book_of(request)
    codes = queries.to_export(book).values_list("code", flat=True)
    rows = export.rows(request.user, list(codes))
    title = f"{_('示例数据')}-{export.title}" if book == Book.SAMPLE else str(export.title)
    name = f"{title}-{clock.today():%Y%m%d}.xlsx"
    file = write_xlsx(title, export.columns(), rows)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def origins(request: HttpRequest) -> HttpResponse:
    """Imported contracts with the records that they may have come from; a POST confirms one."""
    if not request.user.has_perm("registration.import_register"):
        raise Forbidden
    status, problem = 200, ""
    if request.method == "POST":
        status = 400
        contract = queries.proposed().filter(code=request.POST.get("contract", "")[:16]).first()
        if contract is None:
            problem = _("这份合同的来源已经确认，或不在建议之列")
        else:
            try:
                deals.confirm_origin(
                    contract,
                    request.POST.get("kind", ""),
                    request.POST.get("record", "")[:16],
                    actor=request.user,
                    rev=request.POST.get("rev", ""),
                )
            except InvalidInput as error:
                texts = [str(text) for texts in error.errors.values() for text in texts]
                status, problem = error.status, " ".join(texts)
            except (Refused, Stale) as error:
                status, problem = error.status, str(error.reason)
            else:
                messages.success(request, _("已确认来源"))
                return redirect("registration:origins")
    page = paginate(request, queries.proposed())
    context = {
        "page": page,
        "rows": with_proposals(list(page.object_list), request.user),
        "problem": problem,
    }
    return render_page(request, "registration/origins.html", context, status=status)
