"""Confirming what is decided about an enquiry as a whole: the name of its owner, what it is joined with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput, Refused, Stale
from marketplace.kernel.revisions import check
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page

VIEW = "enquiries.view_enquiry"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def name_owner(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm that the asker may know the name of the anonymous owner."""
    enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view=VIEW,
        action="enquiries.name_enquiry",
    )
    seen, problem, status = Seen(request, enquiry.rev), "", 200
    if request.method == "POST":
        try:
            services.name_owner(enquiry, actor=request.user, rev=seen.rev)
        except InvalidInput as error:
            problem, status = str(next(iter(error.errors.values()))[0]), error.status
        except Stale as error:
            problem, status = str(error), error.status
            seen.renew(error.row.rev)
        except Refused as error:
            problem, status = str(error), error.status
        else:
            messages.success(request, _("已向对方公开本单位名称"))
            return redirect("enquiries:show", enquiry.code)
    elif not enquiry.owner_is_hidden:
        problem, status = str(_("对方已经知道本单位名称")), 409
    context: dict[str, Any] = {
        "enquiry": enquiry,
        "asker": queries.party(request.user, enquiry, "asker"),
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "enquiries/enquiry_name.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Choose an enquiry of the same two organisations to join with; or take this one out again."""
    enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view=VIEW,
        action="enquiries.join_enquiry",
    )
    seen, problem, status = Seen(request, enquiry.rev), "", 200
    if request.method == "POST":
        try:
            _change(request, enquiry, seen)
        except InvalidInput as error:
            problem, status = str(next(iter(error.errors.values()))[0]), error.status
        except Stale as error:
            problem, status = str(error), error.status
            seen.renew(error.row.rev)
        except Refused as error:
            problem, status = str(error), error.status
        else:
            return redirect("enquiries:show", enquiry.code)
    context = {
        "enquiry": enquiry,
        "joined": queries.joined_with(enquiry, request.user),
        "choices": queries.joinable_with(enquiry, request.user),
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "enquiries/enquiry_join.html", context, status=status)


def _change(request: HttpRequest, enquiry: Enquiry, seen: Seen) -> None:
    """Join or separate, as the button says. Raises what the services raise."""
    if "separate" in request.POST:
        services.separate(enquiry, actor=request.user, rev=seen.rev)
        messages.success(request, _("已分开，各自的记录不变"))
        return
    check(enquiry.rev, seen.rev, enquiry)
    wanted = request.POST.get("other", "")
    if not wanted:
        raise InvalidInput({"other": [_("请选择要合并的咨询")]})
    other = (
        queries.visible_to(request.user).filter(code=wanted).first()
        if is_valid_code(wanted)
        else None
    )
    if other is None:
        raise Http404
    services.join(enquiry, other, actor=request.user, rev=seen.rev)
    messages.success(request, _("已合并，两条咨询的往来会一起显示"))
