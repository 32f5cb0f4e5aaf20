"""Pages of leads: for brokers, and the asker's consent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Lead
from marketplace.enquiries.workflow import LEAD, LeadStatus
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.revisions import Rev
from marketplace.web.plaintext import clean_text
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def list_leads(request: HttpRequest) -> HttpResponse:
    """The leads that a broker holds, and those that wait; staff see all."""
    if not request.user.has_perm("enquiries.view_leads"):
        raise Forbidden
    context = {
        "held": list(queries.leads_held_by(request.user)[:100]),
        "page": paginate(request, queries.open_leads(request.user)),
    }
    return render_page(request, "enquiries/lead_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_lead(request: HttpRequest, code: str) -> HttpResponse:
    """A lead as its broker may see it; a POST takes it, hands it back or notes progress (`act`)."""
    lead = _fetched(request, code)
    seen, problem = Seen(request, lead.rev), None
    status = 200
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "take":
                services.take_lead(lead, actor=request.user, rev=seen.rev)
            elif act == "hand_back":
                reason = clean_text(request.POST.get("reason", ""), multiline=False)
                services.hand_back_lead(lead, actor=request.user, reason=reason, rev=seen.rev)
            elif act == "note":
                services.note_work(lead, actor=request.user, rev=seen.rev)
                messages.success(request, _("已记录，有效期重新起算"))
                return redirect("enquiries:lead", lead.code)
            else:
                raise InvalidInput({"act": [_("请从列表中选择")]})
        except Refused as error:
            problem, status = error, error.status
            lead.refresh_from_db()
            seen.renew(lead.rev)
        else:
            messages.success(request, _("已领取，等待咨询方确认") if act == "take" else _("已交回"))
            return redirect("enquiries:leads")
    is_open_to_reader = request.user.has_perm("enquiries.view_enquiry", lead.enquiry)
    context = {
        "lead": lead,
        "moves": {move.name for move in LEAD.available(lead, request.user)},
        "enquiry": lead.enquiry if is_open_to_reader else None,
        # A mandate may open the enquiry; the contact waits for the asker's consent all the same.
        "contact": queries.contact_of_asker(lead.enquiry)
        if is_open_to_reader and lead.status == LeadStatus.CONFIRMED
        else "",
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "enquiries/lead_detail.html", context, status=status)


def _fetched(request: HttpRequest, code: str) -> Any:
    return fetch(
        queries.leads_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_lead",
        action="enquiries.take_lead" if request.method == "POST" else None,
    )


@login_required
@require_POST
def answer_broker(request: HttpRequest, code: str) -> HttpResponse:
    """The asker agrees that the named broker sees text and contact, or does not agree."""
    enquiry = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_enquiry",
        action="enquiries.ask_enquiry",
    )
    lead = queries.lead_of(enquiry)
    if lead is None:
        raise NotVisible
    seen = Seen(request, lead.rev)
    answer_for(request.user, lead, act=request.POST.get("act", ""), rev=seen.rev)
    messages.success(request, _("已答复"))
    return redirect("enquiries:show", code)


def answer_for(actor: Any, lead: Lead, *, act: str, rev: Rev) -> None:
    """Refuse or confirm the broker whom the page has named, for a member or a visitor of the asking side.

    Raises InvalidInput for anything else: consent is what was clicked, and nothing that came by accident.
    """
    if act == "refuse":
        services.refuse_broker(lead, actor=actor, rev=rev)
    elif act != "confirm":
        raise InvalidInput({"act": [_("请从列表中选择")]})
    else:
        services.confirm_broker(lead, broker_id=lead.broker_id or 0, actor=actor, rev=rev)
