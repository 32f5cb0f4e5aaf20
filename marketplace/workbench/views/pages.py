"""What to do next, and the review queue."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.kernel.errors import Forbidden
from marketplace.parties.policies import access_of
from marketplace.web.navigation import links_in
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page
from marketplace.workbench import queries


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To-do list first, then own rows in numbers."""
    context = {
        "todos": queries.todos(request.user),
        "overviews": queries.own_numbers(request.user),
        "starts": links_in("start"),
        "works": bool(access_of(request.user).orgs),
    }
    return render_page(request, "workbench/home.html", context)


@login_required
@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """What others have submitted, oldest first."""
    if not queries.may_review(request.user):
        raise Forbidden
    context = {
        "page": paginate(request, queries.review_queue(request.user)),
        "panels": queries.review_panels(request.user),
    }
    return render_page(request, "workbench/review.html", context)
