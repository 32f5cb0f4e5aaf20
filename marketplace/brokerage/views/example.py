"""The public page of one example, from a need to an agreed intent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.brokerage import queries
from marketplace.web.views import render_page


@require_safe
def example(request: HttpRequest) -> HttpResponse:
    """The golden thread of the sample data, step by step; 404 without samples."""
    thread = queries.golden_thread()
    if thread is None:
        raise Http404
    return render_page(request, "brokerage/example.html", {"thread": thread})
