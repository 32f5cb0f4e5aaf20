"""What to do next, and the review queue."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.kernel.errors import Forbidden
from marketplace.listings.policies import REVIEWERS
from marketplace.parties.policies import access_of
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page
from marketplace.workbench import queries


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To-do list first, then own listings in numbers."""
    context = {
        "todos": queries.todos(request.user),
        "counts": queries.own_counts(request.user),
        "works": bool(access_of(request.user).orgs),
    }
    return render_page(request, "workbench/home.html", context)


@login_required
@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """Submitted listings of both kinds, oldest first."""
    if not access_of(request.user).has(*REVIEWERS):
        raise Forbidden
    context = {
        "page": paginate(request, queries.review_queue(request.user)),
        "batches": queries.batches_to_review(request.user),
    }
    return render_page(request, "workbench/review.html", context)
