"""Pages of the register: list, one decision, recording, correcting, and a sheet of them."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.exclusions import events, queries, services
from marketplace.exclusions.forms import (
    FORM_NAMES,
    CorrectForm,
    DecisionForm,
    LiftForm,
    SheetForm,
    VoidForm,
    initial_of,
)
from marketplace.exclusions.imports import read_table, record_rows, template_file
from marketplace.exclusions.models import DECISION_FILES, Decision
from marketplace.exclusions.policies import READERS
from marketplace.files import services as files
from marketplace.files import storage
from marketplace.files.queries import attachments_of
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
from marketplace.parties.models import User
from marketplace.parties.policies import access_of
from marketplace.sheets.readers import MAX_BYTES
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.acts import Act, at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page

_MOST_TYPED = 60


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


@login_required
@require_safe
def decisions(request: PersonRequest) -> HttpResponse:
    """The decisions that the reader may see, by state and by a word of name, code or number."""
    state, typed = (
        request.GET.get("state", ""),
        request.GET.get("q", "").replace("\0", "").strip()[:_MOST_TYPED],
    )
    state = state if state in Decision.State.values else ""
    rows = queries.search(queries.visible_to(request.user), typed)
    if state:
        rows = queries.at_state(rows, state, clock.now())
    page = paginate(request, rows)
    context = {
        "page": page,
        "rows": [(row, queries.term_in_words(row)) for row in page.object_list],
        "state": state,
        "typed": typed,
        "states": [("", _("全部")), *Decision.State.choices],
        "keeps": request.user.has_perm("exclusions.record_decisions"),
        "reads_all": request.user.has_perm("exclusions.read_register"),
    }
    return render_page(request, "exclusions/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("exclusions", per_user="120/h")
def new(request: PersonRequest) -> HttpResponse:
    """Record a decision."""
    _refuse_stranger(request.user)
    form = DecisionForm(request.POST or None, request.FILES or None)
    form_key, reused, status = FormKey(request), None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.record_decision(
                        form.content, upload=form.cleaned_data["file"], actor=request.user
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error, FORM_NAMES)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except StorageFull as error:
                form.add_error("file", str(error.reason))
                status = error.status
            else:
                messages.success(request, _("已录入，被决定的单位或个人会收到通知"))
                return redirect("exclusions:show", made.code)
    context = {"form": form, "form_key": form_key, "key_reused": reused}
    return render_page(request, "exclusions/edit.html", context, status=status)


def _refuse_stranger(user: User) -> None:
    if not user.has_perm("exclusions.record_decisions"):
        raise Forbidden(_("由平台运营或主管部门录入"))


def _decision(request: PersonRequest, code: str) -> Decision:
    return fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="exclusions.view_decision",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("exclusions", per_user="120/h")
def show(request: PersonRequest, code: str) -> HttpResponse:
    """One decision; a POST lifts or voids it."""
    row = _decision(request, code)
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    acts = _acts(request, row, chosen)
    if request.method == "POST":
        status = 400
        act = next((one for one in acts if one.name == chosen), None)
        try:
            if act is None:
                problem = _("请选择要做的操作")
            elif act.form.is_valid():
                _do(row, chosen, act.form.cleaned_data, request.user, seen.rev)
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                return redirect("exclusions:show", row.code)
        except InvalidInput as error:
            if act is not None:
                at_fields(act.form, error, FORM_NAMES)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
            row.refresh_from_db()
    context = _context(request.user, row) | {"acts": acts, "seen": seen, "problem": problem}
    return render_page(request, "exclusions/show.html", context, status=status)


def _acts(request: PersonRequest, row: Decision, chosen: str) -> list[Act]:
    if row.voided_at is not None or not request.user.has_perm("exclusions.correct_decision", row):
        return []
    data = request.POST if request.method == "POST" else None

    def form(kind: Any, name: str) -> Any:
        return kind(data if chosen == name else None, prefix=name)

    found = [
        Act(
            "void",
            gettext_lazy("作废误录的记录"),
            form(VoidForm, "void"),
            danger=True,
        )
    ]
    if row.lifted_at is None and row.state != Decision.State.OVER:
        found.insert(0, Act("lift", gettext_lazy("登记提前解除"), form(LiftForm, "lift")))
    return found


def _do(row: Decision, move: str, held: dict[str, Any], actor: User, rev: Any) -> None:
    if move == "lift":
        services.lift_decision(row, **held, actor=actor, rev=rev)
    else:
        services.void_decision(row, reason=held["reason"], actor=actor, rev=rev)


def _context(user: User, row: Decision) -> dict[str, Any]:
    reads_all = access_of(user).has(*READERS)
    corrects = row.voided_at is None and user.has_perm("exclusions.correct_decision", row)
    return {
        "decision": row,
        "scope": queries.scope_in_words(row),
        "term": queries.term_in_words(row),
        "files": attachments_of(DECISION_FILES, row.pk),
        "reads_all": reads_all,
        "account": queries.account_of(row) if reads_all else "",
        "alike": queries.accounts_like(row) if corrects else [],
        "corrects": corrects,
        "history": history(events.DECISION, row.pk),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("exclusions", per_user="120/h")
def correct(request: PersonRequest, code: str) -> HttpResponse:
    """Make the row say what the document says."""
    row = _decision(request, code)
    if not request.user.has_perm("exclusions.correct_decision", row):
        raise Forbidden(_("由平台运营或主管部门办理，且不能办理针对本人或本单位的决定"))
    if row.voided_at is not None:
        raise Forbidden(_("这条记录已经作废"))
    has_file = bool(attachments_of(DECISION_FILES, row.pk))
    form = CorrectForm(request.POST or None, initial=initial_of(row), has_file=has_file)
    seen, differences, problem, status = Seen(request, row.rev), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                differences = seen.conflict(
                    form,
                    lambda: services.correct_decision(
                        row,
                        form.content,
                        reason=form.cleaned_data["reason"],
                        actor=request.user,
                        rev=seen.rev,
                    ),
                    saved=initial_of,
                    state=lambda found: found.rev,
                )
            except InvalidInput as error:
                at_fields(form, error, FORM_NAMES)
            except Refused as error:
                problem, status = error, error.status
            else:
                if differences is None:
                    messages.success(request, _("已更正"))
                    return redirect("exclusions:show", row.code)
                status = 409
    context = {
        "form": form,
        "seen": seen,
        "decision": row,
        "conflict": differences,
        "problem": problem,
    }
    return render_page(request, "exclusions/edit.html", context, status=status)


# --- sheets -----------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import", per_user="30/h")
def imports(request: PersonRequest) -> HttpResponse:
    """Read a sheet; earlier ones below."""
    _refuse_stranger(request.user)
    form = SheetForm(request.POST or None, request.FILES or None)
    form_key, status = FormKey(request), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return redirect("exclusions:run", _read(request, form, form_key))
            except (InvalidInput, KeyReused, StorageFull) as error:
                status = error.status
                for text in getattr(error, "errors", {}).get("file", [error.reason]):
                    form.add_error("file", str(text))
    page = paginate(request, queries.runs_read_by(request.user))
    context = {"form": form, "form_key": form_key, "page": page, "rows": list(page.object_list)}
    return render_page(request, "exclusions/import.html", context, status=status)


def _read(request: PersonRequest, form: SheetForm, form_key: FormKey) -> str:
    """The code of what became of the sheet. It is kept while it is read, and no longer."""
    ticket = form_key.ticket()
    if code := made_before(ticket, actor=request.user):
        return code
    upload = form.cleaned_data["file"]
    name = clean_name(upload.name or "")
    stored = files.receive(upload, actor=request.user, most=MAX_BYTES)
    try:
        # Before the transaction: another process reads it, which takes its time.
        sheet = read_table(storage.locate(stored.path), name)
    finally:
        storage.erase(stored.path)
    made = once(
        ticket,
        lambda: record_rows(sheet, name, stored.sha256, actor=request.user),
        actor=request.user,
    )
    return made.code


@login_required
@require_safe
@limited("import_template", per_user="60/h", methods=("GET",))
def template(request: PersonRequest) -> HttpResponseBase:
    """The empty sheet."""
    _refuse_stranger(request.user)
    name = _("禁止参加的决定-导入模板.xlsx")
    return FileResponse(template_file(), as_attachment=True, filename=name, content_type=XLSX_TYPE)


@login_required
@require_safe
def run(request: PersonRequest, code: str) -> HttpResponse:
    """What became of the rows of one sheet."""
    row = fetch(
        queries.runs_read_by(request.user),
        code,
        actor=request.user,
        view="exclusions.read_register",
    )
    return render_page(request, "exclusions/run.html", {"run": row})
