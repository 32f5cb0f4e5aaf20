"""Drafting and managing the publicities of an organisation; the authority stops them and lets them go on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.files.queries import attachments_of, file_rows
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    NotVisible,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.publicity import events, queries, services
from marketplace.publicity.forms import FileForm, ProlongForm, PublicityForm, ReasonForm
from marketplace.publicity.models import PUBLICITY_FILES, Publicity
from marketplace.publicity.policies import subject_kind
from marketplace.publicity.queries.organizations import ORGANIZATION, organization_subject
from marketplace.publicity.rulebook import FACTS, missing_facts, rule_on, rules_on
from marketplace.publicity.views.shared import (
    PersonRequest,
    organizations_of,
    sent,
)
from marketplace.publicity.workflow import PUBLICITY, Status
from marketplace.web.acts import Act, at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def own(request: PersonRequest) -> HttpResponse:
    """The publicities of the reader's organisations, the newest first."""
    page = paginate(request, queries.own(request.user))
    context = {
        "page": page,
        "begins": bool(organizations_of(request.user)),
    }
    return render_page(request, "publicity/own.html", context)


def _rules(kind: str) -> list[Any]:
    allowed = subject_kind(kind).rules
    return [rule for rule in rules_on(clock.today()) if rule.name in allowed]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("publicity", per_user="60/h")
def new(request: PersonRequest) -> HttpResponse:
    """Begin a draft in the name of one of the reader's organisations."""
    orgs = organizations_of(request.user)
    form = PublicityForm(
        sent(request),
        organizations=list(orgs.values()),
        rules=_rules(ORGANIZATION),
        initial={"days": 15, "rule": "agreed_price"},
    )
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            subject = organization_subject(orgs[form.cleaned_data["organization"]])
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.draft_publicity(subject, form.content, actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("草稿已保存；核对后由单位审核人或单位管理员发布"))
                return redirect("publicity:manage", made.code)
    context = {
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "has_organization": bool(orgs),
    }
    return render_page(request, "publicity/edit.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, code: str) -> HttpResponse:
    """Change a draft."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="publicity.view_publicity",
        action="publicity.edit_publicity",
    )
    form = PublicityForm(
        sent(request),
        organizations=[],
        rules=_rules(row.subject_kind),
        initial=_values(row),
    )
    del form.fields["organization"]
    seen, problem, conflict = Seen(request, row.rev), None, None
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                conflict = seen.conflict(
                    form,
                    lambda: services.edit_draft(
                        row, form.content, actor=request.user, rev=seen.rev
                    ),
                    saved=_values,
                    state=lambda now: now.rev,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except Refused as error:
                problem, status = error, error.status
            else:
                if conflict is None:
                    messages.success(request, _("已保存"))
                    return redirect("publicity:manage", row.code)
                status = 409
    elif row.status != Status.DRAFT:
        return redirect("publicity:manage", row.code)
    context = {
        "publicity": row,
        "form": form,
        "seen": seen,
        "problem": problem,
        "conflict": conflict,
        "has_organization": True,
    }
    return render_page(request, "publicity/edit.html", context, status=status)


def _values(row: Publicity) -> dict[str, Any]:
    facts = {name: row.facts.get(name, "") for name in FACTS}
    return {"rule": row.rule, "days": row.days, "title": row.title, "body": row.body, **facts}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: PersonRequest, code: str) -> HttpResponse:
    """One publicity for its publisher and the authority, with what they may do; a POST does it."""
    row = _managed(request, code)
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    acts = _acts(request, row, chosen)
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    if request.method == "POST":
        status = 400
        act = next((one for one in acts if one.name == chosen), None)
        try:
            if act is None:
                problem = _("请选择要做的操作") if not chosen else _("现在不能办理这项操作")
            elif act.form is None or act.form.is_valid():
                _DO[chosen](row, act.form.cleaned_data if act.form else {}, request.user, seen.rev)
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                if chosen == "discard":
                    return redirect("publicity:own")
                return redirect("publicity:manage", row.code)
        except InvalidInput as error:
            if act is not None and act.form is not None:
                at_fields(act.form, error)
            else:
                problem = _("还不能发布，请先补充：%(what)s") % {"what": _named(error)}
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
        if status != 400:
            row.refresh_from_db()
            acts = _acts(request, row, "")
    edits = row.status == Status.DRAFT and request.user.has_perm("publicity.edit_publicity", row)
    context = {
        "publicity": row,
        "subject": queries.subject_of(row),
        "acts": acts,
        "seen": seen,
        "problem": problem,
        "edits": edits,
        "missing": _missing(row),
        "files": file_rows(
            attachments_of(PUBLICITY_FILES, row.pk), remove_name="remove" if edits else ""
        ),
        "file_form": FileForm(),
        "objections": list(queries.objections_of(row, request.user)),
        "count": queries.raised_count(row),
        "history": history(events.PUBLICITY, row.pk),
    }
    return render_page(request, "publicity/manage.html", context, status=status)


def _managed(request: PersonRequest, code: str) -> Publicity:
    return fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="publicity.view_publicity",
        action="publicity.manage_publicity",
    )


def _missing(row: Publicity) -> list[Any]:
    """What a draft still lacks, in the words of the form."""
    rule = rule_on(row.rule, clock.today())
    if row.status != Status.DRAFT or rule is None:
        return []
    found = [FACTS[name] for name in missing_facts(rule, row.facts)]
    return found if row.body else [_("公示内容"), *found]


def _named(error: InvalidInput) -> str:
    labels = {**FACTS, "body": _("公示内容"), "days": _("公示天数")}
    return "、".join(str(labels.get(name, name)) for name in error.errors)


def _acts(request: PersonRequest, row: Publicity, chosen: str) -> list[Act]:
    def form(name: str, made: Callable[..., Any]) -> Any:
        return made(request.POST if chosen == name else None, prefix=name)

    moves = {move.name: move for move in PUBLICITY.available(row, request.user)}
    found: list[Act] = []
    if "publish" in moves:
        note = _("发布后任何人都能看到，内容不能再修改，页面长期保留。")
        found.append(Act("publish", moves["publish"].label, note=note))
    if "prolong" in moves:
        found.append(Act("prolong", moves["prolong"].label, form("prolong", ProlongForm)))
    if row.status == Status.RUNNING and request.user.has_perm("publicity.suspend_publicity", row):
        if row.suspended_for != Publicity.Cause.AUTHORITY:
            found.append(Act("suspend", _("暂停公示"), form("suspend", ReasonForm)))
        if row.is_suspended:
            found.append(Act("resume", _("恢复公示"), form("resume", ReasonForm)))
    if "cancel" in moves:
        act = Act("cancel", moves["cancel"].label, form("cancel", ReasonForm), danger=True)
        found.append(act)
    if row.status == Status.DRAFT and request.user.has_perm("publicity.edit_publicity", row):
        found.append(Act("discard", _("删除草稿"), danger=True))
    return found


_DO: dict[str, Callable[[Publicity, dict[str, Any], Any, Any], Any]] = {
    "publish": lambda row, _held, actor, rev: services.publish_publicity(row, actor=actor, rev=rev),
    "prolong": lambda row, held, actor, rev: services.prolong_publicity(
        row, **held, actor=actor, rev=rev
    ),
    "suspend": lambda row, held, actor, rev: services.suspend_publicity(
        row, **held, actor=actor, rev=rev
    ),
    "resume": lambda row, held, actor, rev: services.resume_publicity(
        row, **held, actor=actor, rev=rev
    ),
    "cancel": lambda row, held, actor, rev: services.cancel_publicity(
        row, **held, actor=actor, rev=rev
    ),
    "discard": lambda row, _held, actor, rev: services.discard_draft(row, actor=actor, rev=rev),
}


@login_required
@require_POST
@limited("uploads", per_user="60/h")
def change_files(request: PersonRequest, code: str) -> HttpResponse:
    """Add a file to a draft, or remove one (`remove` is its code)."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="publicity.view_publicity",
        action="publicity.edit_publicity",
    )
    try:
        if remove := request.POST.get("remove", ""):
            services.remove_file(row, remove[:16], actor=request.user)
            messages.success(request, _("已删除附件"))
        else:
            services.add_file(row, request.FILES.get("file"), actor=request.user)
            messages.success(request, _("已添加附件"))
    except InvalidInput as error:
        for reasons in error.errors.values():
            messages.error(request, " ".join(map(str, reasons)))
    except (Refused, StorageFull, NotVisible) as error:
        messages.error(request, str(error) or _("没有这个附件"))
    return redirect("publicity:manage", row.code)
