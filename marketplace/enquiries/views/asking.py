"""Asking about a listing, from its own page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.enquiries import queries, services
from marketplace.enquiries.forms import AskForm
from marketplace.enquiries.views.errors import add_errors
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.listings.kind import ListingKind, kind_named
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.policies import access_of
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import sign_in
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


def listing_asked(request: HttpRequest, kind: str, code: str) -> tuple[ListingKind, Any]:
    """The kind and the listing of an address, as far as the reader may see them.

    Raises Http404, and Refused for a listing that takes no questions any more.
    """
    try:
        found = kind_named(kind)
    except KeyError:
        raise Http404 from None
    visible = found.visible_to(request.user)
    listing = fetch(visible, code, actor=request.user, view=found.perm("view"))
    if listing.status not in CONTACTABLE:
        raise Refused(_("这条信息已下架或已结束，不能再咨询"))
    return found, listing


@require_http_methods(["GET", "HEAD", "POST"])
@limited("enquiries-ask", per_user="30/h")
def ask(request: HttpRequest, kind: str, code: str) -> HttpResponseBase:
    """The question of an organisation about one listing; people without one go to the form for visitors."""
    if request.method == "POST" and not request.user.is_authenticated:
        return sign_in(request)
    found, listing = listing_asked(request, kind, code)
    askers = services.asking_organizations(request.user, listing)
    if not askers:
        if _must_ask_for_an_organization(request):
            raise Forbidden(_("只有已加入单位的成员可以咨询其他单位发布的信息"))
        return redirect("enquiries:ask_visitor", kind, code)
    match_code = (request.POST if request.method == "POST" else request.GET).get("match", "")
    evidence = queries.evidence_of(request.user, match_code, listing)
    form, form_key = AskForm(request.POST or None, askers=askers), FormKey(request)
    context = {"kind": found, "listing": listing, "form": form, "form_key": form_key}
    context["evidence"] = queries.shown_evidence(evidence)
    if request.method == "POST" and form.is_valid():
        values = {
            "asker": form.asker_chosen,
            "text": form.cleaned_data["text"],
            "pool_consent": form.cleaned_data["pool_consent"],
            "evidence": evidence,
        }
        try:
            made = once(
                form_key.ticket(),
                lambda: services.ask(found, listing, actor=request.user, **values),
                actor=request.user,
            )
        except InvalidInput as error:
            add_errors(form, error)
        except KeyReused:
            context["key_reused"] = {}
        else:
            messages.success(request, _("已发送，对方答复后会通知您"))
            return redirect("enquiries:show", made.code)
    status = 400 if request.method == "POST" else 200
    return render_page(request, "enquiries/enquiry_ask.html", context, status=status)


def _must_ask_for_an_organization(request: HttpRequest) -> bool:
    """Members of the owner alone, and staff. A person who belongs nowhere asks like a visitor."""
    access = access_of(request.user)
    return bool(access.orgs) or bool(access.roles)
