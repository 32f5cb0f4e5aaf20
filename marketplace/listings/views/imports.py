"""Import by page: template, upload, what each row would become, confirmation, the rows to correct."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.files import services as files
from marketplace.files import storage
from marketplace.files.models import Attachment
from marketplace.files.queries import own_upload
from marketplace.journal.once import made_under
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, StorageFull
from marketplace.kernel.tickets import Ticket
from marketplace.kernel.unreadable import readable
from marketplace.listings import services
from marketplace.listings.forms import ImportConfirmForm, ImportForm
from marketplace.listings.imports.files import problems_file, template_file
from marketplace.listings.imports.plan import MOST_ROWS, Plan, plan_of
from marketplace.listings.kind import ListingKind
from marketplace.listings.views.wizard import chosen_owner
from marketplace.parties.queries import publishing_organizations
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page

#: Refused rows that a message names.
_MOST_TOLD = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import", per_user="30/h")
def import_new(request: HttpRequest, *, kind: ListingKind) -> HttpResponse:
    """Upload a sheet. It is kept for a day as a file of its uploader, and nothing else is made of it here."""
    owners = list(publishing_organizations(request.user))
    if not owners:
        status = 403 if request.method == "POST" else 200
        return render_page(request, "listings/listing_no_owner.html", {"kind": kind}, status=status)
    owner, problem = chosen_owner(request, owners)
    form = ImportForm(request.POST or None, request.FILES or None)
    status = 400 if request.method == "POST" or problem else 200
    if request.method == "POST" and form.is_valid() and owner is not None:
        try:
            upload = _store(request, kind, form.cleaned_data["file"], owner)
        except (InvalidInput, StorageFull) as error:
            status = error.status
            for text in getattr(error, "errors", {}).get("file", [error.reason]):
                form.add_error("file", str(text))
        else:
            return redirect(f"{kind.url('import_show', upload.code)}?owner={owner.code}")
    context = {"kind": kind, "form": form, "owners": owners, "owner": owner, "most": MOST_ROWS}
    context |= {"owner_problem": problem}
    context["problems"] = [("owner", _("代表单位"), problem)] if problem else []
    return render_page(request, "listings/listing_import.html", context, status=status)


def _store(request: HttpRequest, kind: ListingKind, sent: Any, owner: Any) -> Attachment:
    """Store the sheet and look at it once, so that one that cannot be read is refused where it was chosen."""
    upload = files.store_upload(sent, subject_kind=kind.import_subject, actor=request.user)
    try:
        if upload.is_ready:
            _plan(request, kind, upload, owner)
    except InvalidInput:
        files.remove(upload, actor=request.user)
        raise
    return upload


@login_required
@require_safe
@limited("import_template", per_user="60/h", methods=("GET",))
def import_template(request: HttpRequest, *, kind: ListingKind) -> HttpResponseBase:  # noqa: ARG001 -- a view's signature
    """The empty sheet with headings, lists to choose from and explanations."""
    name = _("%(title)s导入模板.xlsx") % {"title": kind.title}
    sheet = template_file(kind.title, kind.steps)
    return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import_show", per_user="240/h", methods=("GET", "POST"))
def import_show(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponse:
    """What each row becomes or has become, and the confirmation; nothing is written before it."""
    upload, owner = _upload(request, code, kind)
    context: dict[str, Any] = {"kind": kind, "upload": upload, "owner": owner}
    if not upload.is_ready:
        status = 409 if request.method == "POST" else 200
        return render_page(request, "listings/listing_import_plan.html", context, status=status)
    plan = _plan(request, kind, upload, owner)
    made = _made(request, kind, upload, plan)
    form = ImportConfirmForm(
        request.POST if request.method == "POST" else None, initial={"digest": plan.digest}
    )
    status, is_stale = 200, False
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if form.cleaned_data["digest"] == plan.digest:
                _carry_out(request, kind, upload, plan, owner, form.cleaned_data["how"])
                return redirect(f"{kind.url('import_show', code)}?owner={owner.code}")
            status, is_stale = 409, True
            form = ImportConfirmForm(initial={**form.cleaned_data, "digest": plan.digest})
    lines = [(row, row.number in made, made.get(row.number)) for row in plan.rows]
    context |= {
        "plan": plan,
        "form": form,
        "is_stale": is_stale,
        "lines": lines,
        "open": [row for row in plan.good if row.number not in made],
        "whole": sum(not row.lacks for row in plan.good),
        "made": made,
    }
    return render_page(request, "listings/listing_import_plan.html", context, status=status)


@login_required
@require_safe
@limited("import_show", per_user="240/h", methods=("GET",))
def import_problems(request: HttpRequest, code: str, *, kind: ListingKind) -> HttpResponseBase:
    """The rows that must be corrected, as they were sent, with what is wrong in a last column."""
    upload, owner = _upload(request, code, kind)
    if not upload.is_ready:
        raise Refused(_("文件还在检查，请稍后再试"))
    plan = _plan(request, kind, upload, owner)
    name = _("需要修改的行-%(code)s.xlsx") % {"code": upload.code}
    sheet = problems_file(kind.title, plan)
    return FileResponse(sheet, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _upload(request: HttpRequest, code: str, kind: ListingKind) -> tuple[Attachment, Any]:
    """The reader's own upload and the organisation that it is for."""
    upload = own_upload(code, request.user, subject_kind=kind.import_subject)
    owners = list(publishing_organizations(request.user))
    if not owners:
        raise Forbidden(_("只有本单位成员可以代表单位发布"))
    owner, problem = chosen_owner(request, owners)
    if owner is None:
        raise InvalidInput({"owner": [problem]})
    return upload, owner


def _plan(request: HttpRequest, kind: ListingKind, upload: Attachment, owner: Any) -> Plan:
    # A kind without it has no such address.
    gate: Any = kind.import_gate

    def lacks(values: Any, rows: Any) -> list[str]:
        quality = gate(kind.model(owner=owner, **values), rows)
        return [str(finding.text) for finding in quality.blockers]

    # The first listing of a title is the one that is named.
    own = kind.own(request.user).filter(owner=owner).order_by("-pk")
    return plan_of(
        storage.locate(upload.path),
        upload.name,
        steps=kind.steps,
        titles=dict(own.values_list("title", "code")),
        lacks=lacks,
    )


def _route(kind: ListingKind) -> str:
    return f"{kind.name}:import_show"


def _key(upload: Attachment, number: int) -> str:
    return f"{upload.code}-{number}"


def _made(
    request: HttpRequest, kind: ListingKind, upload: Attachment, plan: Plan
) -> dict[int, Any]:
    """What became of the rows: the listing, or None where it is gone again, by the row's number."""
    keys = {_key(upload, row.number): row.number for row in plan.rows}
    codes = made_under(_route(kind), keys, actor=request.user)
    rows = kind.own(request.user).filter(code__in=list(codes.values()))
    found = {row.code: row for row in readable(rows)}
    return {keys[key]: found.get(code) for key, code in codes.items()}


def _carry_out(
    request: HttpRequest, kind: ListingKind, upload: Attachment, plan: Plan, owner: Any, how: str
) -> None:
    def ticket(number: int) -> Ticket:
        return Ticket.of(_route(kind), _key(upload, number), [plan.sha256.encode()])

    done = services.import_rows(
        kind.model,
        plan.good,
        owner=owner,
        actor=request.user,
        submits=how == ImportConfirmForm.SUBMIT,
        ticket=ticket,
    )
    said = ngettext("已导入 %(n)d 条", "已导入 %(n)d 条", done.made) % {"n": done.made}
    if done.submitted:
        said += _("，其中 %(n)d 条已提交审核") % {"n": done.submitted}
    messages.success(request, said)
    for number, reason in done.refused[:_MOST_TOLD]:
        text = _("第 %(row)d 行没有导入：%(reason)s") % {"row": number, "reason": reason}
        messages.warning(request, text)
