"""Members and invitations of an organisation."""

from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Stale
from marketplace.parties import queries, services
from marketplace.parties.forms import InvitationForm, RoleForm, is_phone
from marketplace.parties.models import Membership, Organization
from marketplace.parties.views.signed_in import MemberRequest
from marketplace.parties.workflow import InvitationStatus
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


def _org(request: MemberRequest, code: str, action: str | None = None) -> Organization:
    return fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="parties.view_members",
        action=action,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitations", per_user="60/h")
def members(request: MemberRequest, code: str) -> HttpResponse:
    """Who works here; the admin invites."""
    posted = request.method == "POST"
    org = _org(request, code, "parties.manage_members" if posted else None)
    form = InvitationForm(request.POST or None)
    form_key, reused, link = FormKey(request), None, ""
    if posted and form.is_valid():
        contact = form.cleaned_data["contact"]
        name = "phone" if is_phone(contact) else "email"

        def invite() -> services.Sent:
            role = form.cleaned_data["role"]
            return services.invite_member(org, role=role, actor=request.user, **{name: contact})

        try:
            made = once(form_key.ticket(), invite, actor=request.user, code=_code_of)
        except InvalidInput as error:
            at_fields(form, error)
        except KeyReused:
            reused = {"url": ""}
        else:
            if not made.is_new:
                # A second click. The link can be read on the first answer only.
                messages.success(request, _("邀请已发出"))
                return redirect("parties:members", org.code)
            token = made.thing.token
            link = request.build_absolute_uri(reverse("parties:invitation", args=[token]))
            form = InvitationForm()
    manages = request.user.has_perm("parties.manage_members", org)
    context = {
        "org": org,
        "page": paginate(request, queries.members_of(org), size=50),
        "invitations": queries.open_invitations(org) if manages else [],
        "manages": manages,
        "form": form,
        "link": link,
        "form_key": form_key,
        "key_reused": reused,
    }
    status = KeyReused.status if reused else 400 if form.errors else 200
    return render_page(request, "parties/organization_members.html", context, status=status)


def _code_of(sent: services.Sent) -> str:
    return sent.invitation.code


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_role(request: MemberRequest, code: str, member: str) -> HttpResponse:
    """Give a member another role."""
    org = _org(request, code, "parties.manage_members")
    row = queries.member_of(org, member)
    form = RoleForm(request.POST or None, initial={"role": row.role})
    seen, conflict = Seen(request, row.role), None
    if request.method == "POST" and form.is_valid():

        def save() -> object:
            role = form.cleaned_data["role"]
            return services.change_member_role(row, role=role, actor=request.user, rev=seen.rev)

        def saved(member: Membership) -> dict[str, str]:
            return {"role": member.role}

        conflict = seen.conflict(form, save, saved=saved, state=attrgetter("role"))
        if conflict is None:
            messages.success(request, _("角色已调整"))
            return redirect(_after(request, org))
    context = {"org": org, "member": row, "form": form, "seen": seen, "conflict": conflict}
    status = 409 if conflict else 400 if form.is_bound else 200
    return render_page(request, "parties/member_role.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_remove(request: MemberRequest, code: str, member: str) -> HttpResponse:
    """Remove a member, or leave."""
    org = _org(request, code)
    row = queries.member_of(org, member)
    leaves = row.user_id == request.user.pk
    if not leaves and not request.user.has_perm("parties.manage_members", org):
        raise Forbidden
    seen, status = Seen(request, row.role), 200
    if request.method == "POST":
        try:
            services.remove_member(row, actor=request.user, rev=seen.rev)
        except Stale as error:
            status = error.status
            row.role = error.row.role
            seen.renew(row.role)
        else:
            messages.success(request, _("已退出") if leaves else _("已移出成员"))
            return redirect(_after(request, org))
    context = {
        "org": org,
        "member": row,
        "leaves": leaves,
        "seen": seen,
        "is_stale": status != 200,
    }
    return render_page(request, "parties/member_remove.html", context, status=status)


def _after(request: MemberRequest, org: Organization) -> str:
    """The list of members while one may still see it, else one's own organisations."""
    if request.user.has_perm("parties.view_members", org):
        return reverse("parties:members", args=[org.code])
    return reverse("parties:own_organizations")


@login_required
@require_POST
def invitation_revoke(request: MemberRequest, code: str, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    org = _org(request, code, "parties.manage_members")
    services.revoke_invitation(queries.invitation_in(org, invitation), actor=request.user)
    messages.success(request, _("邀请已撤回"))
    return redirect("parties:members", org.code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation", per_user="60/h", methods=("GET", "POST"))
def invitation(request: MemberRequest, token: str) -> HttpResponse:
    """The page a link leads to: who asks, as what, and accept."""
    found = queries.invitation_by_token(token)
    if request.method == "POST":
        services.accept_invitation(found, actor=request.user)
        messages.success(request, _("您已加入该单位"))
        return redirect("parties:manage", found.organization.code)
    context = {
        "invitation": found,
        "mine": services.is_addressed_to(found, request.user),
        "is_open": found.status == InvitationStatus.OPEN and not found.is_expired,
        "is_member": request.user.access.in_org(found.organization_id),
    }
    return render_page(request, "parties/invitation_detail.html", context)


@login_required
@require_POST
def invitation_accept(request: MemberRequest, code: str) -> HttpResponse:
    """Accept one of the invitations that the own organisations page lists."""
    found = queries.invitation_for(request.user, code)
    services.accept_invitation(found, actor=request.user)
    messages.success(request, _("您已加入该单位"))
    return redirect("parties:manage", found.organization.code)
