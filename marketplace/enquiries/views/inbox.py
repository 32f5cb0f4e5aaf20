"""The inbox on the workbench."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.enquiries import queries
from marketplace.enquiries.forms import InboxForm
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.policies import READERS
from marketplace.enquiries.queries.inbox import MINE, THEIRS, PagedInbox
from marketplace.enquiries.views.rows import row_of
from marketplace.parties.policies import access_of
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

_ALL = ("", _("全部"))
#: For staff, who are of no side: what was left for the operator to settle.
PLATFORM = "platform"
STAFF_TURNS = (_ALL, (PLATFORM, _("等平台核实")))
#: The tabs above the list.
TURNS = (_ALL, (MINE, _("等我方答复")), (THEIRS, _("等对方答复")))


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The enquiries of the reader's organisations; staff see all."""
    form = InboxForm(request.GET)
    access = access_of(request.user)
    is_staff = access.has(*READERS) and not access.orgs
    turn, asked = form.asked.turn, form.asked
    if is_staff:
        turn = PLATFORM if request.GET.get("turn") == PLATFORM else ""
        asked = replace(asked, turn="")
    inbox_rows: QuerySet[Enquiry] | PagedInbox
    if turn == PLATFORM:
        inbox_rows = queries.left_for_operator(queries.inbox(request.user, asked))
    else:
        inbox_rows = queries.paged_inbox(request.user, asked)
    page = paginate(request, inbox_rows)
    found = list(page.object_list)
    steps = queries.next_steps_of([enquiry.pk for enquiry in found])
    rows = [row_of(request.user, enquiry, steps.get(enquiry.pk)) for enquiry in found]
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows, "asked": form.asked}
    context |= {
        "turns": STAFF_TURNS if is_staff else TURNS,
        "turn": turn,
        "is_staff": is_staff,
    }
    return render_page(request, "enquiries/enquiry_list.html", context)
