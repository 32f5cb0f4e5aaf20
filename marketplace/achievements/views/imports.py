"""Import by page: template, upload, what the check found, confirmation, result file."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.achievements import imports, queries, services
from marketplace.achievements.forms import ConfirmForm, UploadForm
from marketplace.achievements.models import ImportBatch
from marketplace.files import services as files
from marketplace.files import storage
from marketplace.files.rulebook import clean_name
from marketplace.journal.once import made_before, once
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput, KeyReused, Refused, StorageFull
from marketplace.parties.queries import publishing_organizations
from marketplace.sheets.readers import MAX_BYTES
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page

#: Sheets of one request.
MAX_SHEETS = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import", per_user="30/h")
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a sheet; it is checked first and nothing is written before it is confirmed."""
    owners = publishing_organizations(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, owners=owners)
    form_key = FormKey(request)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and owners and form.is_valid():
        codes = _start_each(request, form, form_key)
        if not form.errors:
            if len(codes) == 1:
                return redirect("achievements:import_show", codes[0])
            return redirect("achievements:import")
        status = form.worst
    context = {
        "form": form,
        "owners": owners,
        "page": paginate(request, queries.own_batches(request.user)),
        "form_key": form_key,
    }
    return render_page(request, "achievements/import_form.html", context, status=status)


def _start_each(request: HttpRequest, form: UploadForm, form_key: FormKey) -> list[str]:
    """The code of a batch for each sheet that can be taken; of several, the page says what became of each.

    A form that is sent again leads to the batches that it made before.
    """
    uploads = form.cleaned_data["file"]
    codes = []
    for place, upload in enumerate(uploads):
        name = clean_name(upload.name or "")
        try:
            codes.append(_start(request, form, form_key, upload, name, place))
        except (InvalidInput, KeyReused, Refused, StorageFull) as error:
            form.worst = max(form.worst, error.status)
            for text in getattr(error, "errors", {}).get("file", [error.reason]):
                said = str(text)
                named = said if len(uploads) == 1 or name in said else f"“{name}”：{said}"
                form.add_error("file", named)
        else:
            if len(uploads) > 1:
                messages.success(request, _("“%(name)s”：已上传，正在检查") % {"name": name})
    return codes


def _start(
    request: HttpRequest,
    form: UploadForm,
    form_key: FormKey,
    upload: Any,
    name: str,
    place: int,
) -> str:
    if place >= MAX_SHEETS:
        text = _("一次最多上传 %(most)d 张表，这张没有处理，请再传一次")
        raise Refused(text % {"most": MAX_SHEETS})
    ticket = form_key.ticket(part=place)
    if code := made_before(ticket, actor=request.user):
        return code
    stored = files.receive(upload, actor=request.user, most=MAX_BYTES)

    def start() -> ImportBatch:
        return services.start_import(
            owner=form.chosen, actor=request.user, file_name=name, file_path=stored.path
        )

    made = None
    try:
        imports.check_head(storage.locate(stored.path), name)
        made = once(ticket, start, actor=request.user)
    finally:
        if made is None or not made.is_new:
            storage.erase(stored.path)
    return made.code


@login_required
@require_safe
@limited("import_template", per_user="60/h", methods=("GET",))
def import_template(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001 -- a view's signature
    """The empty sheet with headings, examples and explanations."""
    name = _("成果导入模板.xlsx")
    return FileResponse(
        imports.template_file(), as_attachment=True, filename=name, content_type=XLSX_TYPE
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_show(request: HttpRequest, code: str) -> HttpResponse:
    """How far an import is and what was found; the choice between all and the valid rows."""
    posted = request.method == "POST"
    batch = _batch(request, code, action="achievements.edit_batch" if posted else None)
    status, refusal = 200, ""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.confirm_import(batch, actor=request.user, mode=form.cleaned_data["mode"])
            except Refused as error:
                status, refusal = error.status, str(error)
            else:
                messages.success(request, _("已开始导入，完成后整批提交审核"))
                return redirect("achievements:import_show", batch.code)
    context: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "refusal": refusal,
        "states": queries.states_in(batch),
        "is_stuck": batch.is_stuck,
        "may_confirm": request.user.has_perm("achievements.edit_batch", batch),
        "history": history(queries.BATCH, batch.pk, limit=20),
    }
    return render_page(
        request, "achievements/import_detail.html", context, partial="state", status=status
    )


@login_required
@require_safe
def import_result(request: HttpRequest, code: str) -> HttpResponseBase:
    """The uploaded rows with what became of each, as XLSX; kept for a day."""
    batch = _batch(request, code)
    try:
        file = storage.open_stored(batch.result_path) if batch.result_path else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Http404
    name = _("检查结果-%(code)s.xlsx") % {"code": batch.code}
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _batch(request: HttpRequest, code: str, action: str | None = None) -> ImportBatch:
    return fetch(
        queries.batches_visible_to(request.user),
        code,
        actor=request.user,
        view="achievements.view_batch",
        action=action,
    )
