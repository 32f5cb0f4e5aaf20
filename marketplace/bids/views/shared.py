"""What the pages of bids share."""

from typing import Any

from django.http import HttpRequest, JsonResponse

from marketplace.bids import queries
from marketplace.bids.models import Bid
from marketplace.kernel.errors import DomainError, InvalidInput
from marketplace.parties.models import User
from marketplace.tenders.services import settle
from marketplace.web.rest import problem_body
from marketplace.web.views import fetch


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def one(request: HttpRequest, code: str, action: str = "") -> Bid:
    """A bid of the reader's organisation with its tender as it is now. Raises Http404, Forbidden."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="bids.view_bid",
        **({"action": action} if action else {}),
    )
    row.tender = settle(row.tender)
    return row


def problem(error: DomainError) -> JsonResponse:
    """A refusal for a script: the reason in words, and each reason at its field."""
    body: dict[str, Any] = problem_body(error.status, error.slug, str(error.reason))
    if isinstance(error, InvalidInput):
        body["errors"] = [
            {"field": name, "message": str(text)}
            for name, texts in error.errors.items()
            for text in texts
        ]
    return JsonResponse(body, status=error.status)


def signed_out() -> JsonResponse:
    """401 for a script: nothing is lost, the person signs in in another tab and goes on."""
    response = JsonResponse(problem_body(401, "not-authenticated", "请先登录"), status=401)
    response["WWW-Authenticate"] = "Form"
    return response
