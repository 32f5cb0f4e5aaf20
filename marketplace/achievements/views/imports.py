"""Import by page: template, upload, what the check found, confirmation, result file."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.achievements import imports, queries, services
from marketplace.achievements.forms import ConfirmForm, UploadForm
from marketplace.achievements.models import ImportBatch
from marketplace.files import storage
from marketplace.files.rulebook import clean_name
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput, KeyReused, Refused
from marketplace.parties.queries import publishing_organizations
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import", per_user="30/h")
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload a sheet; it is checked first and nothing is written before it is confirmed."""
    owners = publishing_organizations(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, owners=owners)
    form_key, reused = FormKey(request), None
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and owners and form.is_valid():
        try:
            code = _start(request, form, form_key)
        except KeyReused as error:
            status, reused = error.status, {"url": _address(error.made)}
        except (InvalidInput, Refused) as error:
            for text in getattr(error, "errors", {}).get("file", [error.reason]):
                form.add_error("file", str(text))
        else:
            return redirect(_address(code))
    batches = paginate(request, queries.own_batches(request.user))
    context = {
        "form": form,
        "owners": owners,
        "page": batches,
        "form_key": form_key,
        "key_reused": reused,
    }
    return render_page(request, "achievements/import_form.html", context, status=status)


def _address(code: str) -> str:
    return reverse("achievements:import_show", args=[code])


def _start(request: HttpRequest, form: UploadForm, form_key: FormKey) -> str:
    """The code of the batch, which may be the one that the same form made before."""
    ticket = form_key.ticket()
    upload = form.cleaned_data["file"]
    name = clean_name(upload.name or "")
    stored = storage.put(upload)

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
        "is_stuck": queries.is_stuck(batch),
        "may_cancel": bool(batch.job) and request.user.has_perm("journal.cancel_job", batch.job),
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
