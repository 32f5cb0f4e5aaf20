"""The state of the machinery, for operators: the outbox, what was given up, long jobs, the indexes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from marketplace.indexing.services import start_rebuild
from marketplace.journal import queries as journal
from marketplace.journal import services
from marketplace.journal.services import MOST_RETRIED
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.parties.policies import access_of
from marketplace.web.signed_out import login_required
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
        "unreadable": paginate(request, journal.unreadable(), name="rows"),
        "indexes": machinery.indexes(),
        "refused": machinery.refused(),
        "most": MOST_RETRIED,
    }
    return render_page(request, "workbench/operations.html", context, status=status)
