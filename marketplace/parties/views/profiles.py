"""A person's organisations: the list, entering or claiming one, its profile."""

from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.journal.once import made_before, once
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput, KeyReused
from marketplace.parties import events, queries, rulebook, services
from marketplace.parties.forms import NewOrganizationForm, OrganizationForm
from marketplace.parties.models import Organization
from marketplace.parties.services.organizations import IDENTITY, PROFILE
from marketplace.parties.views.signed_in import MemberRequest
from marketplace.parties.workflow import OrgStatus
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page


@login_required
@require_safe
def own_organizations(request: MemberRequest) -> HttpResponse:
    """Where the person works, what they are invited to, what they claim."""
    context = {
        "memberships": queries.organizations_of(request.user),
        "invitations": queries.invitations_for(request.user),
        "claims": queries.claims_of(request.user),
    }
    return render_page(request, "parties/organization_own.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("organizations", per_user="20/h")
def organization_new(request: MemberRequest) -> HttpResponse:
    """Enter an organisation; when its code is known already, offer to claim it."""
    form = NewOrganizationForm(request.POST or None, initial={"uscc": request.GET.get("uscc", "")})
    known, reused = None, None
    form_key, status = FormKey(request), 200
    if request.method == "POST":
        known = _known(request.POST.get("uscc", ""))
        if known is not None and (code := made_before(form_key.ticket(), actor=request.user)):
            return redirect("parties:verification", code)
        if known is not None and "claim" in request.POST:
            services.claim_organization(known, actor=request.user)
            return redirect("parties:verification", known.code)
        if known is None and form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.create_organization(form.cleaned_data, actor=request.user),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused = {"url": reverse("parties:manage", args=[error.made])}
            else:
                messages.success(request, _("单位已登记，请上传证照完成认证"))
                return redirect("parties:verification", made.code)
    context = {
        "form_key": form_key,
        "key_reused": reused,
        "form": form,
        "known": known,
        "claimable": known is not None and queries.can_be_claimed(known),
        "is_member": known is not None and request.user.access.in_org(known.pk),
    }
    if form.is_bound and known is None:
        status = KeyReused.status if reused else 400
    return render_page(request, "parties/organization_new.html", context, status=status)


def _known(typed: str) -> Organization | None:
    try:
        return queries.organization_with_uscc(rulebook.normalize_uscc(typed))
    except rulebook.UnfitCode:
        return None


@login_required
@require_safe
def manage(request: MemberRequest, code: str) -> HttpResponse:
    """The organisation from inside: state, what to do next, people, history."""
    org = fetch(
        queries.visible_to(request.user), code, actor=request.user, view="parties.view_members"
    )
    context = {
        "org": org,
        "dossier": queries.dossier_of(org, request.user),
        "is_admin": request.user.has_perm("parties.edit_organization", org),
        "can_suspend": request.user.has_perm("parties.suspend_organization", org),
        "history": history(events.ORGANIZATION, org.pk, limit=20),
    }
    return render_page(request, "parties/organization_manage.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def organization_edit(request: MemberRequest, code: str) -> HttpResponse:
    """The profile of an organisation."""
    org = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="parties.view_members",
        action="parties.edit_organization",
    )
    fixed = org.status in {OrgStatus.PENDING, OrgStatus.VERIFIED, OrgStatus.SUSPENDED}
    seen, conflict = Seen(request, org.rev), None
    form = OrganizationForm(request.POST or None, initial=_initial(org), fixed=fixed)
    if request.method == "POST" and form.is_valid():

        def save() -> object:
            return services.edit_organization(
                org, form.cleaned_data, rev=seen.rev, actor=request.user
            )

        try:
            conflict = seen.conflict(form, save, saved=_values, state=attrgetter("rev"))
        except InvalidInput as error:
            at_fields(form, error)
        else:
            if conflict is None:
                messages.success(request, _("单位资料已保存"))
                return redirect("parties:manage", org.code)
    context = {"org": org, "form": form, "fixed": fixed, "seen": seen, "conflict": conflict}
    status = 409 if conflict else 400 if form.is_bound else 200
    return render_page(request, "parties/organization_edit.html", context, status=status)


def _initial(org: Organization) -> dict[str, Any]:
    return {**_values(org), "honors": "\n".join(org.honors)}


def _values(org: Organization) -> dict[str, Any]:
    return {name: getattr(org, name) for name in IDENTITY + PROFILE}
