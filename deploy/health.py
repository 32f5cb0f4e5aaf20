"""Health endpoints: `/health/` says that the process answers, `/health/ready/` that it can work."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from marketplace.journal import queries as journal

#: From here on the body says "late", in seconds.
LATE_SECONDS = 300


class LiveMiddleware:
    """Answers `/health/` before anything else: whether the process lives is no question of the database.

    Before sessions, since a probe that carries somebody's cookie would otherwise wait for theirs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return live(request) if request.path_info == "/health/" else self.get_response(request)


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 whenever the process answers at all."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503; says nothing confidential.

    Workers that are late are told and refuse nothing: pages work without them, and a 503 would take
    every web node out of the balancer at once.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lag = round(journal.overdue_seconds())
    except Exception:  # noqa: BLE001 -- any fault at all means "not ready"
        return JsonResponse({"status": "unavailable"}, status=503)
    status = "late" if lag > LATE_SECONDS else "ok"
    return JsonResponse({"status": status, "outbox_overdue_seconds": lag})
