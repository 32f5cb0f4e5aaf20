"""Request ids, and an audit entry for each refusal, written after the rollback."""

import uuid
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from marketplace.journal import context, services
from marketplace.journal.events import AccessRefused

Next = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Adds `X-Request-Id` to each response; entries written by the request have the same id."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = context.request_id.set(str(uuid.uuid4()))
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = context.request_id.get()
        finally:
            context.request_id.reset(token)
        return response


class RefusalJournalMiddleware:
    """Publishes `AccessRefused` when a signed-in person gets a 403.

    It runs outside the transaction of the view, so the entry stays when the view is rolled back.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused = getattr(response, "refusal", None) is not None or response.status_code == 403
        if refused and response.status_code == 403 and request.user.is_authenticated:
            match = request.resolver_match
            with transaction.atomic():
                services.publish(
                    AccessRefused(
                        subject_id=request.user.pk,
                        view=match.view_name if match else "",
                        status=response.status_code,
                    ),
                    actor=request.user,
                )
        return response
