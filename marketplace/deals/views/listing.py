"""The list of contracts."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.deals import queries
from marketplace.deals.forms import ListForm
from marketplace.deals.queries.listing import listed
from marketplace.deals.views.shared import Request
from marketplace.deals.workflow import ContractStatus
from marketplace.parties.policies import access_of
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

#: The tabs above the list: value of the filter and its words.
TABS = (("", _("全部")), *((state.value, state.label) for state in ContractStatus))


@login_required
@require_safe
def contract_list(request: Request) -> HttpResponse:
    """The contracts that the reader may see, newest first."""
    form = ListForm(request.GET)
    asked = form.asked
    page = paginate(request, listed(request.user, asked))
    rows = [
        {
            "contract": contract,
            "sellers": queries.sellers(contract),
            "buyers": queries.buyers(contract),
        }
        for contract in page.object_list
    ]
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "rows": rows,
        "tabs": TABS,
        "begins": bool(access_of(request.user).orgs)
        and request.user.has_perm("deals.create_contract"),
    }
    return render_page(request, "deals/contract_list.html", context)
