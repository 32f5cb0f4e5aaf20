"""The state of the machinery, for operators: the outbox, what was given up, long jobs, the indexes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from marketplace.journal import jobs, services
from marketplace.journal import queries as journal
from marketplace.journal.services import MOST_RETRIED
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.listings.services import start_rebuild
from marketplace.parties.policies import access_of
from marketplace.web.views import paginate, render_page
from marketplace.workbench import machinery

#: Jobs on the page of the whole; the others have pages of their own.
RECENT = 10


@login_required
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """How far the outbox lags, the dead letters, the jobs with their progress, the indexes."""
    return _page(request)


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Every long job, newest first."""
    _operators_only(request)
    context = {"page": paginate(request, journal.recent_jobs())}
    return render_page(request, "workbench/jobs.html", context)


@login_required
@require_POST
def deliveries_retry(request: HttpRequest) -> HttpResponse:
    """Try the ticked dead letters again, or all of them."""
    ids = [int(text) for text in request.POST.getlist("ids") if text.isdecimal() and len(text) < 18]
    if "all" in request.POST:
        ids = list(journal.dead_deliveries().values_list("pk", flat=True)[:MOST_RETRIED])
    try:
        count = services.retry_deliveries(ids, actor=request.user)
    except InvalidInput as error:
        return _page(request, problem=str(error.errors["ids"][0]), status=error.status)
    text = ngettext("%(n)s 条事件已重新投递", "%(n)s 条事件已重新投递", count) % {"n": count}
    messages.success(request, text)
    return redirect("workbench:operations")


@login_required
@require_POST
def job_cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Cancel a job: its own starter, or an operator. Leads back to the page that it was asked on."""
    job = journal.job_by_code(code)
    if job is None or not request.user.has_perm("journal.cancel_job", job):
        raise Http404
    try:
        job = jobs.cancel_job(job, actor=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = job.status == job.Status.CANCELLED
        messages.success(request, _("任务已取消") if done else _("任务将在当前步骤之后停止"))
    back = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if known else "workbench:operations")


@login_required
@require_POST
def index_rebuild(request: HttpRequest) -> HttpResponse:
    """Build an index anew, as a job."""
    try:
        start_rebuild(request.POST.get("index", ""), actor=request.user)
    except InvalidInput as error:
        return _page(request, problem=str(error.errors["index"][0]), status=error.status)
    messages.success(request, _("已开始重建索引，完成前继续使用旧索引"))
    return redirect("workbench:operations")


def _operators_only(request: HttpRequest) -> None:
    if not access_of(request.user).has("operator"):
        raise Forbidden


def _page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    _operators_only(request)
    context = {
        "problem": problem,
        "state": machinery.state(),
        "dead": paginate(request, journal.dead_deliveries()),
        "jobs": journal.recent_jobs()[:RECENT],
        "indexes": machinery.indexes(),
        "most": MOST_RETRIED,
    }
    return render_page(request, "workbench/operations.html", context, status=status)
