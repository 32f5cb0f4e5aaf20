"""The page that seals in the browser, and what its script asks for."""

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from marketplace.bids import queries, services
from marketplace.bids.forms import BidFields
from marketplace.bids.rulebook import MOST_BYTES, MOST_FILES, PLEDGE, PLEDGES, WHOLE, empty_form
from marketplace.bids.services import Handover
from marketplace.bids.views.shared import PersonRequest, one, problem, signed_out
from marketplace.bids.workflow import LIVE
from marketplace.custody.sealing import MOST_HEADER, FormatError, from_base64
from marketplace.journal.once import once
from marketplace.kernel.errors import DomainError, InvalidInput, Refused
from marketplace.kernel.tickets import Ticket
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_safe
def seal(request: PersonRequest, code: str) -> HttpResponse:
    """Write the bid and seal it. Nothing of it leaves the browser but ciphertext."""
    row = one(request, code, "bids.edit_bid")
    if not row.tender.is_sealed:
        raise Refused(_("这项征集不密封方案"))
    requirements = list(row.tender.requirements.all())
    data = {
        "terms": queries.terms_of_lot(row.tender, row.lot).published(),
        "bid": row.code,
        "revision": row.revision + 1,
        "rev": row.rev,
        "terms_rev": row.tender.terms_rev,
        "pledge": PLEDGE,
        "whole": WHOLE,
        "must": [one.number for one in requirements if one.must],
        "most": {"bytes": MOST_BYTES, "files": MOST_FILES},
        "urls": {
            "right": reverse("bids:right", args=[row.code]),
            "uploads": reverse("bids:uploads"),
            "hand_in": reverse("bids:hand_in", args=[row.code]),
        },
    }
    context = {
        "bid": row,
        "tender": row.tender,
        "fields": BidFields(None, empty_form(), row.tender),
        "keepers": row.tender.keepers.select_related("custodian__organization").order_by("number"),
        "data": json.dumps(data),
        "pledge": PLEDGES[PLEDGE],
        "takes": row.status in LIVE and row.tender.takes_bids_now,
        "binds": request.user.has_perm("bids.bind_bid", row),
    }
    response = render_page(request, "bids/seal.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def right(request: PersonRequest, code: str) -> HttpResponse:
    """A new right to send files, for the script of the page."""
    if not request.user.is_authenticated:
        return signed_out()
    try:
        token = services.grant_right(one(request, code, "bids.bind_bid"), actor=request.user)
    except DomainError as error:
        return problem(error)
    response = JsonResponse({"token": token})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def hand_in(request: PersonRequest, code: str) -> HttpResponse:
    """Take the header of a sealed bid whose files were sent; answers with the receipt."""
    if not request.user.is_authenticated:
        return signed_out()
    try:
        row = one(request, code, "bids.bind_bid")
        sent = _sent(request)
        header = _header(sent["header"])
        said = Handover(sent["terms_rev"], sent["pledge"], sent["rev"])
        ticket = Ticket.of("bids:hand_in", sent["key"], [header, row.code.encode()])
        made = once(
            ticket,
            lambda: services.hand_in_sealed(row, header, sent["names"], said, actor=request.user),
            actor=request.user,
            code=lambda receipt: str(receipt.digest),
        )
    except DomainError as error:
        return problem(error)
    found = next(one for one in queries.receipts_of(row) if one.digest == made.code)
    return JsonResponse(
        {
            "receipt": bytes(found.raw).decode(),
            "revision": found.envelope.revision,
            "url": reverse("bids:receipt", args=[row.code, found.digest]),
            "part": reverse("bids:part", args=[row.code, found.envelope.revision, 0]),
        }
    )


def _sent(request: PersonRequest) -> dict[str, Any]:
    """What the script sends. Raises InvalidInput for anything else."""
    wrong = InvalidInput({"": [_("请求无法读取")]})
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    kinds = {"header": str, "names": list, "terms_rev": int, "pledge": int, "rev": int, "key": str}
    if not isinstance(body, dict) or set(body) != set(kinds):
        raise wrong
    if any(type(body[name]) is not kind for name, kind in kinds.items()):
        raise wrong
    names = body["names"]
    if len(names) > MOST_FILES + 1 or not all(isinstance(name, str) for name in names):
        raise wrong
    return body


def _header(text: str) -> bytes:
    try:
        if len(text) > MOST_HEADER * 2:
            raise FormatError("header too large")  # noqa: TRY301 -- one answer for both
        return from_base64(text)
    except FormatError as error:
        raise InvalidInput({"header": [_("密封的抬头无法读取")]}) from error
