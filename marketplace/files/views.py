"""The one door to the bytes of attachments."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from marketplace.files.sending import send


@require_safe
def download(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send a file to whoever may have it; anyone else gets the answer of a missing one."""
    return send(request, code, request.user)
