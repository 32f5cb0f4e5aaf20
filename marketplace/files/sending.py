"""The answer that carries the bytes of an attachment."""

from typing import IO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from marketplace.files import policies, queries, services, storage
from marketplace.files.models import Attachment
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import NotVisible

#: A file from outside must never act as a page of this site, whatever a browser thinks it is.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def open_copy(attachment: Attachment, user: Actor) -> IO[bytes]:
    """Open a file for somebody who may have it, as a copy that leaves the site without an answer of its own.

    It is stamped and recorded like a download. The caller has asked `policies.can_read`. Raises NotVisible
    when the bytes are missing, and what the door of the file raises.
    """
    if not storage.exists(attachment.path):
        raise NotVisible
    door = policies.door_of(attachment)
    stamp = door.stamp(user, attachment) if door is not None else ""
    copy = services.stamped_copy(attachment, stamp) if stamp else None
    if door is not None:
        door.record(user, attachment)
    services.record_download(attachment, actor=user if user.is_authenticated else None)
    return copy if copy is not None else storage.open_stored(attachment.path)


def send(request: HttpRequest, code: str, user: Actor) -> HttpResponseBase:
    """Send a file to `user`, who may be a visitor that a slice knows by other means than a session of an account.

    Whoever may not have it gets the answer of a missing one: NotVisible.

    The right is asked again on each request. With `FILES_X_ACCEL` (the prefix of an internal
    location) nginx sends the bytes.
    """
    return send_attachment(request, queries.readable_attachment(code, user), user)


def send_attachment(request: HttpRequest, attachment: Attachment, user: Actor) -> HttpResponseBase:
    """Send a file whose slice has just decided that this person may have it; recorded like every download.

    For a page with rules of its own about its files. Raises NotVisible when the bytes are missing.
    """
    if not storage.exists(attachment.path):
        raise NotVisible
    door = policies.door_of(attachment)
    stamp = door.stamp(user, attachment) if door is not None else ""
    # A stamped copy is made before the download is recorded, so that a refused one is not in the log.
    copy = services.stamped_copy(attachment, stamp) if stamp and request.method == "GET" else None
    if request.method == "GET":
        if door is not None:
            door.record(user, attachment)
        services.record_download(attachment, actor=user if user.is_authenticated else None)
    response: HttpResponseBase
    if copy is not None:
        response = FileResponse(copy, content_type=attachment.content_type)
    elif stamp:
        response = HttpResponse(content_type=attachment.content_type)
    elif settings.FILES_X_ACCEL:
        response = HttpResponse(content_type=attachment.content_type)
        response["X-Accel-Redirect"] = f"{settings.FILES_X_ACCEL.rstrip('/')}/{attachment.path}"
    else:
        response = FileResponse(
            storage.open_stored(attachment.path), content_type=attachment.content_type
        )
        response["Content-Length"] = str(attachment.size)
    response["Content-Disposition"] = content_disposition_header(True, attachment.name) or ""
    for name, value in _HEADERS.items():
        response[name] = value
    return response
