"""The page of a thread, and its pack."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from marketplace.threads.exports import write_pack
from marketplace.threads.queries import thread_of
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Everything of one undertaking that the reader may see, stage by stage."""
    return render_page(request, "threads/thread.html", {"thread": thread_of(request.user, code)})


@login_required
@require_POST
@limited("threads-pack", per_user="20/h")
def pack(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same as a ZIP. A POST, since each confidential file in it is recorded as a download."""
    thread = thread_of(request.user, code)
    response = FileResponse(
        write_pack(thread, request.user),
        as_attachment=True,
        filename=f"{thread.code}.zip",
        content_type="application/zip",
    )
    response["Cache-Control"] = "private, no-store"
    return response
