"""A person's own long work: how far it is, ending it early, what it has made."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.journal import queries as journal
from marketplace.journal.models import Job
from marketplace.kernel.errors import Refused
from marketplace.sheets.writers import XLSX_TYPE
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_safe
def job_show(request: HttpRequest, code: str) -> HttpResponse:
    """How far a job is; the file that it has made."""
    job = _job(request, code, "journal.view_job")
    path = str(job.result.get("file", ""))
    context: dict[str, Any] = {
        "job": job,
        "may_cancel": request.user.has_perm("journal.cancel_job", job),
        "may_download": request.user.has_perm("journal.view_result", job),
        "has_file": bool(path) and storage.exists(path),
        "made_file": bool(path),
    }
    return render_page(request, "workbench/job.html", context, partial="state")


@login_required
@require_safe
def job_result(request: HttpRequest, code: str) -> HttpResponseBase:
    """The workbook that a job has made, for who started it; kept for a day."""
    job = _job(request, code, "journal.view_result")
    try:
        file = storage.open_stored(str(job.result.get("file", "")) or "none")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    name = str(job.result.get("name", "")) or f"{job.code}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


@login_required
@require_POST
def job_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel a job: its own starter, or an operator. Leads back to the page that it was asked on."""
    job = _job(request, code, "journal.cancel_job")
    try:
        job = jobs.cancel_job(job, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = job.status == job.Status.CANCELLED
        messages.success(request, _("任务已取消") if done else _("任务将在当前步骤之后停止"))
    back = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back) if known else redirect("workbench:job", job.code)


def _job(request: HttpRequest, code: str, permission: str) -> Job:
    job = journal.job_by_code(code)
    if job is None or not request.user.has_perm(permission, job):
        raise Http404
    return job
