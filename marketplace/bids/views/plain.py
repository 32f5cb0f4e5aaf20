"""The fallback without JavaScript: the server seals while the upload comes in, and says so for ever.

The upload handler is set before anything reads the form, the check of the CSRF token included: that is why the view is
exempt outside and protected inside. No plaintext is written to a disk.
"""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from marketplace.bids.adapters import store
from marketplace.bids.forms import BidFields, PledgeForm
from marketplace.bids.models import Bid
from marketplace.bids.rulebook import (
    MOST_PLAIN,
    PLAIN_AT_ONCE,
    PLEDGE,
    PLEDGES,
    empty_form,
    form_errors,
)
from marketplace.bids.services import Handover, PlainUpload
from marketplace.bids.views.shared import one
from marketplace.bids.workflow import LIVE
from marketplace.files.rulebook import clean_name
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, StorageFull, TooMany
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


class _Sealed(UploadedFile):
    """What is left of a file that was sealed: its name and size."""


class SealingHandler(FileUploadHandler):
    """Hands each chunk to the sealer; nothing is kept."""

    chunk_size = 256 * 1024

    def __init__(self, upload: PlainUpload) -> None:
        super().__init__()
        self._upload = upload
        self._take: Callable[[bytes], None] = lambda _data: None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._take = self._upload.file(clean_name(self.file_name or ""))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 -- Django calls it so
        self._take(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        return _Sealed(None, self.file_name, self.content_type, file_size)


class DroppingHandler(FileUploadHandler):
    """Lets every file go by: for a form that is refused before it is known whose bid it is."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> UploadedFile:
        return _Sealed(None, self.file_name, self.content_type, file_size)


@csrf_exempt
def plain(request: HttpRequest, code: str) -> HttpResponseBase:
    """Whoever reads the form first, the page for signing in among them, writes no file to a disk."""
    request.upload_handlers = [DroppingHandler()]
    return _plain(request, code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _plain(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the handler that seals, then read the form."""
    row = one(request, code, "bids.bind_bid")
    if not row.tender.is_sealed:
        raise Refused(_("这项征集不密封方案"))
    if request.method != "POST":
        return _page(request, row, None)
    length = request.META.get("CONTENT_LENGTH", "")
    if not length.isdecimal() or int(length) > MOST_PLAIN:
        raise Refused(_("不用 JavaScript 提交时，全部内容不超过 20 MB"))
    try:
        with store.slot(PLAIN_AT_ONCE):
            upload = PlainUpload(row)
            request.upload_handlers = [SealingHandler(upload)]
            try:
                return _page(request, row, upload)
            finally:
                upload.drop()
    except store.Busy as error:
        raise TooMany(30, _("同时提交的人较多，请半分钟后再试；内容没有保存")) from error


@csrf_protect
def _page(request: HttpRequest, row: Bid, upload: PlainUpload | None) -> HttpResponse:
    posted = upload is not None
    fields = BidFields(request.POST if posted else None, empty_form(), row.tender)
    pledge = PledgeForm(request.POST if posted else None)
    fields.beside = [pledge]
    seen, problem, status, code, made = Seen(request, row.rev), None, 200, "", None
    if upload is not None:
        status = 400
        if all([fields.is_valid(), pledge.is_valid()]):
            wrong = form_errors(
                fields.form,
                fields.requirements,
                in_steps=fields.in_steps,
                bars_kin=fields.bars_kin,
            )
            terms = request.POST.get("terms_rev", "")
            said = Handover(
                int(terms) if terms.isdecimal() and len(terms) < 9 else 0, PLEDGE, seen.rev
            )
            try:
                if wrong:
                    raise InvalidInput(wrong)  # noqa: TRY301 -- shown as what the service says
                made = upload.finish(fields.form, said, actor=request.user)
            except InvalidInput as error:
                fields.add_errors(error)
            except (Refused, Forbidden, StorageFull) as error:
                problem, status = error, error.status
            else:
                code, status = upload.code, 200
    context = {
        "bid": row,
        "tender": row.tender,
        "fields": fields,
        "pledge_form": pledge,
        "pledge": PLEDGES[PLEDGE],
        "seen": seen,
        "problem": problem,
        "code": code,
        "receipt": made,
        "takes": row.status in LIVE and row.tender.takes_bids_now,
    }
    response = render_page(request, "bids/plain.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
