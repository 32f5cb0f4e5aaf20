"""Verification from both sides: the applicant's dossier, the registrar's queue and decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.files import queries as files
from marketplace.files.forms import wanted_removals
from marketplace.journal.queries import history
from marketplace.journal.versions import version_before, version_of
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale, TooMany
from marketplace.parties import events, queries, rulebook, services
from marketplace.parties.forms import DossierForm, OrganizationForm, ReturnForm, SuspendForm
from marketplace.parties.models import Verification
from marketplace.parties.services.verification import DOCUMENTS
from marketplace.parties.views.signed_in import MemberRequest
from marketplace.parties.workflow import DossierStatus
from marketplace.web import throttle
from marketplace.web.acts import at_fields
from marketplace.web.differences import Difference, compare
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

#: How many requests with files one person may send, counted together with those of the wizard.
UPLOADS = "60/h"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: MemberRequest, code: str) -> HttpResponse:
    """The dossier of an organisation: upload, note, submit; what was returned and why."""
    dossier = _own_dossier(request, code)
    form = DossierForm(request.POST or None, request.FILES or None, initial={"note": dossier.note})
    seen, conflict = Seen(request, dossier.rev), None
    if request.method == "POST" and form.is_valid():
        try:
            if _save(request, dossier, form, seen):
                return redirect("parties:verification", code)
        except Stale as error:
            dossier = queries.dossiers().get(pk=dossier.pk)
            conflict = compare(form.fields, {"note": error.row.note}, form.cleaned_data)
            seen.renew(dossier.rev)
    context = {
        "org": dossier.organization,
        "dossier": dossier,
        "form": form,
        "is_open": dossier.status in {DossierStatus.DRAFT, DossierStatus.RETURNED},
        "documents": _documents(dossier, removable=True),
        "reasons": rulebook.reason_labels(dossier.reasons),
        "steps": _steps(dossier),
        "seen": seen,
        "conflict": conflict,
    }
    status = 409 if conflict is not None else form.status if form.errors else 200
    return render_page(request, "parties/verification_edit.html", context, status=status)


def _own_dossier(request: MemberRequest, code: str) -> Verification:
    org = queries.organization_of_code(code)
    dossier = queries.dossier_of(org, request.user)
    if dossier is None:
        raise NotVisible
    return dossier


def _save(request: MemberRequest, dossier: Verification, form: DossierForm, seen: Seen) -> bool:
    """Save, and hand in when asked; False when the form shows what is wrong. What fits is kept."""
    services.save_dossier(
        dossier,
        note=form.cleaned_data["note"],
        remove=wanted_removals(request.POST),
        actor=request.user,
        rev=seen.rev,
    )
    if not _add_documents(request, dossier, form):
        dossier.refresh_from_db(fields=["rev"])
        seen.renew(dossier.rev)
        return False
    if "submit" not in request.POST:
        messages.success(request, _("已保存"))
        return True
    try:
        services.submit_dossier(dossier, actor=request.user)
    except InvalidInput as error:
        at_fields(form, error)
        dossier.refresh_from_db(fields=["rev"])
        seen.renew(dossier.rev)
        return False
    messages.success(request, _("已提交，一般在 2 个工作日内审核，结果会通知您"))
    return True


def _add_documents(request: MemberRequest, dossier: Verification, form: DossierForm) -> bool:
    uploads = form.cleaned_data["documents"]
    if not uploads:
        return True
    try:
        throttle.check(request, "uploads", per_user=UPLOADS)
    except TooMany as error:
        form.add_error("documents", str(error))
        form.status = error.status
        return False
    done = services.add_documents(dossier, uploads, actor=request.user)
    for reason in done.reasons:
        form.add_error("documents", str(reason))
    if done.reasons:
        form.status = done.status
        if done.taken:
            names = "、".join(row.name for row in done.taken)
            messages.success(request, _("已上传：%(names)s") % {"names": names})
    return not done.reasons


def _documents(dossier: Verification, *, removable: bool = False) -> list[Any]:
    name = (
        "remove_file"
        if removable and dossier.status in {DossierStatus.DRAFT, DossierStatus.RETURNED}
        else ""
    )
    return files.file_rows(files.attachments_of(DOCUMENTS, dossier.pk), remove_name=name)


def _steps(dossier: Verification) -> list[dict[str, Any]]:
    """Where the dossier is: fill in, reviewed, verified."""
    at = {str(DossierStatus.PENDING): 1, str(DossierStatus.VERIFIED): 3}.get(dossier.status, 0)
    labels = [_("填写和上传"), _("登记员审核"), _("认证完成")]
    return [
        {"label": label, "state": "done" if place < at else "now" if place == at else "todo"}
        for place, label in enumerate(labels)
    ]


@login_required
@require_safe
def verification_queue(request: MemberRequest) -> HttpResponse:
    """What waits for a decision, the longest waiting first; and what was decided."""
    if not request.user.has_perm("parties.review_organizations"):
        raise Forbidden
    status = request.GET.get("status", "")
    if status not in DossierStatus.values or status == DossierStatus.DRAFT:
        status = DossierStatus.PENDING
    page = paginate(request, queries.verification_queue(status), size=30)
    shown = (DossierStatus.PENDING, DossierStatus.RETURNED, DossierStatus.VERIFIED)
    tabs = [(one.value, one.label) for one in shown]
    context = {"page": page, "status": status, "tabs": tabs}
    return render_page(request, "parties/verification_queue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification_review(request: MemberRequest, code: str) -> HttpResponse:
    """One dossier before the registrar: documents, code, applicant; verify or return."""
    if not request.user.has_perm("parties.review_organizations"):
        raise NotVisible
    posted = request.method == "POST"
    dossier = fetch(
        queries.dossiers(),
        code,
        actor=request.user,
        view="parties.view_verification",
        action="parties.decide_verification" if posted else None,
    )
    seen, changed, status = Seen(request, dossier.rev), None, 400 if posted else 200
    form = ReturnForm(request.POST if "return" in request.POST else None)
    try:
        if posted and _decided(request, dossier, form, seen):
            return _next(request)
    except Stale as error:
        status, before = error.status, version_of(DOCUMENTS, dossier.pk, seen.rev)
        dossier = queries.dossiers().get(pk=dossier.pk)
        changed = _changes(dossier, before)
        seen.renew(dossier.rev)
    org = dossier.organization
    context = {
        "org": org,
        "dossier": dossier,
        "form": form,
        "documents": _documents(dossier),
        "decides": dossier.status == DossierStatus.PENDING
        and request.user.has_perm("parties.decide_verification", dossier),
        "reasons": rulebook.reason_labels(dossier.reasons),
        "alike": queries.alike(org),
        "history": history(events.ORGANIZATION, org.pk, limit=20),
        "seen": seen,
        "is_stale": changed is not None,
        "changed": changed,
        "resubmitted": _changes(dossier, version_before(DOCUMENTS, dossier.pk, dossier.rev)),
    }
    return render_page(request, "parties/verification_review.html", context, status=status)


def _decided(request: MemberRequest, dossier: Verification, form: ReturnForm, seen: Seen) -> bool:
    """Whether the dossier was decided; if not, the form shows what is missing."""
    if "verify" in request.POST:
        services.verify_dossier(dossier, actor=request.user, rev=seen.rev)
        messages.success(request, _("已通过认证"))
        return True
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        services.return_dossier(dossier, actor=request.user, rev=seen.rev, **form.cleaned_data)
    except InvalidInput as error:
        at_fields(form, error)
        return False
    messages.success(request, _("已退回，申请人会收到通知"))
    return True


def _changes(dossier: Verification, before: dict[str, Any] | None) -> list[Difference]:
    """What differs from an earlier version of a dossier, in the words of its forms."""
    fields = {**OrganizationForm().fields, **DossierForm().fields}
    return compare(fields, before, queries.content_of(dossier)) if before is not None else []


def _next(request: MemberRequest) -> HttpResponse:
    """The next dossier that waits, else the empty queue."""
    waiting = queries.verifications_to_decide(request.user).first()
    if waiting is not None:
        return redirect("parties:verification_review", waiting.code)
    return redirect("parties:verification_queue")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: MemberRequest, code: str) -> HttpResponse:
    """Suspend a verified organisation with a reason, or restore a suspended one."""
    org = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="parties.view_organization",
        action="parties.suspend_organization",
    )
    seen, status = Seen(request, org.rev), 400 if request.method == "POST" else 200
    form = SuspendForm(request.POST if "suspend" in request.POST else None)
    try:
        if "restore" in request.POST:
            services.restore_organization(org, actor=request.user, rev=seen.rev)
            messages.success(request, _("单位已恢复"))
            return redirect("parties:manage", org.code)
        if form.is_bound and form.is_valid():
            remark = form.cleaned_data["remark"]
            services.suspend_organization(org, remark=remark, actor=request.user, rev=seen.rev)
            messages.success(request, _("单位已暂停"))
            return redirect("parties:manage", org.code)
    except Stale as error:
        status, org = error.status, error.row
        seen.renew(org.rev)
    context = {"org": org, "form": form, "seen": seen, "is_stale": status == Stale.status}
    return render_page(request, "parties/organization_suspend.html", context, status=status)
