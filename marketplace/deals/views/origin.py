"""The page on which a party, or the registrar at the desk, says which record a contract came from."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import queries, services
from marketplace.deals.forms import OriginForm
from marketplace.deals.views.acting import act_page
from marketplace.deals.views.shared import Request, contract_of, sent
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required

#: What the code of a record begins with, by its kind.
_KINDS = {"XQ": "needs", "CG": "achievements", "YX": "intents"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def origin(request: Request, code: str) -> HttpResponse:
    """Confirm where a contract came from: a need of the buyer, an achievement of the seller, an intent."""
    contract = contract_of(request, code, action="deals.confirm_origin")
    [(_row, proposals)] = queries.with_proposals([contract], request.user)
    offered = [
        (
            one.row.record_code,
            _("%(kind)s %(code)s %(title)s（相近程度 %(score)d）")
            % {
                "kind": one.kind,
                "code": one.row.record_code,
                "title": one.title,
                "score": one.row.score,
            },
        )
        for one in proposals
    ]
    form = OriginForm(sent(request), proposals=offered)

    def do(seen: Seen) -> None:
        held = form.cleaned_data
        record = held["code"].strip().upper() if held["record"] == form.OTHER else held["record"]
        kind = _KINDS.get(record[:2], "")
        services.confirm_origin(contract, kind, record, actor=request.user, rev=seen.rev)

    return act_page(
        request,
        contract,
        form,
        do,
        title=_("确认来源"),
        explain=_(
            "确认这份合同由哪条需求、成果或意向而来。确认后计入“来源已知”的成交额，不能自行更改。"
        ),
        button=_("确认来源"),
        done=_("已确认来源"),
    )
