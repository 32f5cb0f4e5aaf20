"""How a contract record begins: empty, from an agreed intent, from an enquiry, from a listing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.deals import services
from marketplace.deals.forms.moves import NewForm
from marketplace.deals.services import opening
from marketplace.deals.views.shared import Request, at_fields, sent
from marketplace.enquiries import queries as enquiries
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.listings.kind import kind_named
from marketplace.parties.queries import publishing_organizations
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_contract(request: Request) -> HttpResponse:
    """Begin a contract that has no record on the platform before it."""
    return _begin(
        request,
        lambda owner, values: services.create_empty(
            owner=owner, title=values["title"], side=values["side"], actor=request.user
        ),
        {},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_from_listing(request: Request, kind: str, code: str) -> HttpResponse:
    """Begin a contract about a need or an achievement: its facts are carried over."""
    try:
        known = kind_named(kind)
    except KeyError as error:
        raise Http404 from error
    if kind not in opening.KINDS:
        raise Http404
    listing = fetch(
        known.visible_to(request.user), code, actor=request.user, view=known.perm("view")
    )
    owners = list(publishing_organizations(request.user))
    own = any(org.pk == listing.owner_id for org in owners)
    initial = {"title": listing.title, "side": opening.side_of(kind, is_owner=own)}
    return _begin(
        request,
        lambda owner, values: opening.create_from_listing(
            kind,
            listing,
            owner=owner,
            title=values["title"],
            side=values["side"],
            actor=request.user,
        ),
        initial,
        listing=listing,
    )


def _begin(request: Request, create: Any, initial: dict[str, Any], **context: Any) -> HttpResponse:
    owners = list(publishing_organizations(request.user))
    if not owners:
        raise Forbidden(_("合同由单位成员起草。请先加入或者登记一个单位"))
    form = NewForm(sent(request), owners=owners, initial=initial)
    form_key, status, problem = FormKey(request), 200, None
    if form.is_bound:
        status = 400
        if form.is_valid():
            owner = next(org for org in owners if org.code == form.cleaned_data["owner"])
            try:
                made = once(
                    form_key.ticket(),
                    lambda: create(owner, form.cleaned_data),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except (Refused, KeyReused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("已建立合同记录，请接着填写"))
                return redirect("deals:show", made.code)
    context |= {"form": form, "form_key": form_key, "problem": problem}
    return render_page(request, "deals/contract_new.html", context, status=status)


@login_required
@require_POST
def new_from_intent(request: Request, code: str) -> HttpResponse:
    """Begin the contract of an agreed intent, or open the one that there is."""
    intent = fetch(
        enquiries.intents_visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_intent",
    )
    contract = services.create_from_intent(intent, actor=request.user)
    return redirect("deals:show", contract.code)


@login_required
@require_POST
def new_from_enquiry(request: Request, code: str) -> HttpResponse:
    """Begin a contract of both sides of an enquiry, or open the one that there is."""
    enquiry = fetch(
        enquiries.visible_to(request.user),
        code,
        actor=request.user,
        view="enquiries.view_enquiry",
    )
    contract = opening.create_from_enquiry(enquiry, actor=request.user)
    return redirect("deals:show", contract.code)
