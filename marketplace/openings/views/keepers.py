"""The page of an opening: a keeper opens his boxes in his browser, the purchaser finds the opened bids."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.bids.queries import closing_of
from marketplace.custody.models import Custodian
from marketplace.custody.queries import keys_named
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.openings import queries, services
from marketplace.openings.forms import ExcuseForm, UndertakingForm
from marketplace.openings.models import Opening
from marketplace.openings.rulebook import AT_ONCE, UNDERTAKING, UNDERTAKINGS
from marketplace.openings.views.shared import PersonRequest, first_reason, one
from marketplace.tenders.models import Keeper
from marketplace.web.acts import at_fields
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import paginate, render_page

#: Characters of the shares of one post.
MOST_SENT = AT_ONCE * 100


@login_required
@require_safe
def openings(request: PersonRequest) -> HttpResponse:
    """The openings that concern the reader, the newest first."""
    page = paginate(request, queries.visible_to(request.user))
    return render_page(request, "openings/list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("openings", per_user="120/h")
def show(request: PersonRequest, code: str) -> HttpResponse:
    """One opening; a POST excuses a keeper or gives the undertaking of secrecy."""
    row = one(request, code)
    posted = request.method == "POST"
    act = request.POST.get("act", "") if posted else ""
    custodians = _excusable(row, request)
    excuse = ExcuseForm(request.POST if act == "excuse" else None, custodians=custodians)
    promise = UndertakingForm(request.POST if act == "undertake" else None)
    problem, status = None, 200
    if posted:
        status = 400
        try:
            if act == "excuse" and excuse.is_valid():
                chosen = next(
                    one for one in custodians if one.code == excuse.cleaned_data["keeper"]
                )
                services.excuse_keeper(
                    row,
                    chosen,
                    excuse.cleaned_data["why"],
                    excuse.cleaned_data["note"],
                    actor=request.user,
                )
                messages.success(request, _("已记录。如果之后能够开启，仍可提交份额"))
                return redirect("openings:show", row.code)
            if act == "undertake" and promise.is_valid():
                services.give_undertaking(row, UNDERTAKING, actor=request.user)
                messages.success(request, _("已签署保密承诺，可以查阅方案"))
                return redirect("openings:show", row.code)
        except InvalidInput as error:
            at_fields(excuse if act == "excuse" else promise, error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
    keeper = queries.own_custodian(row, request.user)
    buys = request.user.has_perm("openings.undertake_opening", row)
    has_promised = buys and queries.has_undertaken(row, request.user)
    context = {
        "opening": row,
        "tender": row.tender,
        "minutes": queries.minutes_of(row),
        "problem": problem,
        "keeper": keeper,
        "data": _data(row, keeper),
        "excuse": excuse if custodians and row.tender.is_sealed and not row.is_open else None,
        "buys": buys,
        "has_promised": has_promised,
        "promise": promise,
        "undertaking": UNDERTAKINGS[UNDERTAKING],
        "bids": paginate(request, queries.opened_of(row)) if has_promised else None,
    }
    return render_page(request, "openings/show.html", context, status=status)


def _excusable(row: Opening, request: PersonRequest) -> list[Custodian]:
    """The keepers for whom the reader may say that they cannot open: not those who gave their shares."""
    access = request.user.access
    keepers = Keeper.objects.filter(tender=row.tender_id).select_related("custodian__organization")
    own = [
        one.custodian
        for one in keepers
        if (
            one.custodian.person_id == request.user.pk
            and access.in_org(one.custodian.organization_id)
        )
        or access.binds(one.custodian.organization_id)
    ]
    return [one for one in own if queries.owes(row, one)]


def _data(row: Opening, keeper: Custodian | None) -> str:
    """What the script of a keeper's page needs; "" where there is nothing to open."""
    if keeper is None or row.is_open or not row.tender.is_sealed or row.tender.is_suspended:
        return ""
    if not queries.lacking(row, keeper).exists():
        return ""
    announced = Keeper.objects.get(tender=row.tender_id, custodian=keeper)
    # The announced key, also where the keeper has made another since.
    record = keys_named([announced.key])[announced.key].record
    hashes = closing_of([row.tender_id])[row.tender_id].hashes
    return json.dumps({"record": record, "custodian": keeper.code, "hashes": hashes})


@login_required
@require_safe
def boxes(request: PersonRequest, code: str) -> JsonResponse:
    """The next headers that wait for a share of this keeper, as text: his page checks each hash itself."""
    row = one(request, code, "openings.post_opening")
    keeper = queries.own_custodian(row, request.user)
    if keeper is None:
        raise NotVisible
    rows: list[Any] = []
    if not row.is_open and not row.tender.is_suspended:
        rows = list(queries.lacking(row, keeper)[:AT_ONCE])
    found = [{"bid": one.bid.code, "header": bytes(one.envelope.header).decode()} for one in rows]
    response = JsonResponse({"boxes": found})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
@limited("opening-shares", per_user="600/h")
def post(request: PersonRequest, code: str) -> JsonResponse:
    """Take shares from the page of a keeper. It answers at once; the worker opens what is ready."""
    row = one(request, code, "openings.post_opening")
    keeper = queries.own_custodian(row, request.user)
    if keeper is None:
        raise NotVisible
    try:
        taken = services.post_shares(row, keeper, _shares(request), actor=request.user)
    except InvalidInput as error:
        return JsonResponse({"title": str(first_reason(error))}, status=error.status)
    except (Refused, Forbidden) as error:
        return JsonResponse({"title": str(error)}, status=error.status)
    return JsonResponse({"taken": taken})


def _shares(request: PersonRequest) -> dict[str, str]:
    text = request.POST.get("shares", "")
    try:
        sent = json.loads(text) if len(text) <= MOST_SENT else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or not all(
        is_valid_code(bid) and isinstance(share, str) and len(share) <= 44
        for bid, share in sent.items()
    ):
        raise InvalidInput({"shares": [_("份额的格式不对，请刷新页面重试")]})
    return sent
