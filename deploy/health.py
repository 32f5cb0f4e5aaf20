"""Health endpoints: `/health/` says that the process answers, `/health/ready/` that it can work."""

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from marketplace.journal import queries as journal


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """200 whenever the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and the outbox moves, else 503; says nothing confidential."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        lag = round(journal.overdue_seconds())
    except Exception:  # noqa: BLE001 -- any fault at all means "not ready"
        return JsonResponse({"status": "unavailable"}, status=503)
    late = lag > 300
    return JsonResponse(
        {"status": "late" if late else "ok", "outbox_overdue_seconds": lag},
        status=503 if late else 200,
    )
