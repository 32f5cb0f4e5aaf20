"""The inbox on the workbench."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from marketplace.enquiries import queries
from marketplace.enquiries.forms import InboxForm
from marketplace.enquiries.queries.inbox import MINE, THEIRS
from marketplace.enquiries.views.rows import row_of
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

#: The tabs above the list.
TURNS = (("", _("全部")), (MINE, _("等我方答复")), (THEIRS, _("等对方答复")))


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The enquiries of the reader's organisations; staff see all."""
    form = InboxForm(request.GET)
    page = paginate(request, queries.paged_inbox(request.user, form.asked))
    found = list(page.object_list)
    steps = queries.next_steps_of([enquiry.pk for enquiry in found])
    rows = [row_of(request.user, enquiry, steps.get(enquiry.pk)) for enquiry in found]
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows, "asked": form.asked}
    context["turns"] = TURNS
    return render_page(request, "enquiries/enquiry_list.html", context)
