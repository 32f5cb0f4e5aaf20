"""The list of custodians, the invitation, one custodian with what the reader may do, and the help."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.custody import events, queries, services
from marketplace.custody.forms import InviteForm, RetireForm
from marketplace.custody.models import Custodian
from marketplace.custody.views.shared import PersonRequest, first_reason, sent
from marketplace.custody.workflow import CUSTODIAN, Status
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, NotVisible, Refused, Stale
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.policies import Role, access_of
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_safe
def custodians(request: PersonRequest) -> HttpResponse:
    """The custodians that the reader may see, the newest first."""
    page = paginate(request, queries.visible_to(request.user))
    rows = list(page.object_list)
    keys, reasons = queries.live_keys([row.pk for row in rows]), queries.unfit(rows)
    context = {
        "page": page,
        "rows": [(row, keys.get(row.pk), _wrong(row, reasons[row.pk])) for row in rows],
        "invites": _invites(request.user),
    }
    return render_page(request, "custody/list.html", context)


def _wrong(row: Custodian, reasons: list[Any]) -> list[Any]:
    """Whether somebody is fit matters while he is in office, or may come into it."""
    return reasons if row.status in {Status.INVITED, Status.ACTIVE} else []


def _invites(user: User) -> bool:
    access = access_of(user)
    return access.is_confirmed and (bool(access.binding) or access.has(Role.OPERATOR))


@login_required
@require_safe
def explain(request: PersonRequest) -> HttpResponse:
    """What a custodian does, for one who never did it."""
    return render_page(request, "custody/help.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("custody", per_user="60/h")
def invite(request: PersonRequest) -> HttpResponse:
    """Ask a person to keep a key for an organisation."""
    if not _invites(request.user):
        raise Forbidden(_("由单位审核人、单位管理员或平台运营任命密钥保管人"))
    orgs = _organizations(request.user)
    form = InviteForm(sent(request), organizations=orgs)
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            held = form.cleaned_data
            try:
                org = parties.organization_of_code(held["organization"].strip().upper())
                person = _member(org, held["person"], request.user)
                made = once(
                    form_key.ticket(),
                    lambda: services.invite_custodian(
                        org, person, held["kind"], actor=request.user
                    ),
                    actor=request.user,
                )
            except NotVisible:
                form.add_error("organization", _("没有这个编号的单位"))
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("邀请已发出，等待本人接受"))
                return redirect("custody:show", made.code)
    context = {"form": form, "form_key": form_key, "key_reused": reused, "problem": problem}
    return render_page(request, "custody/invite.html", context, status=status)


def _organizations(user: User) -> list[Organization] | None:
    """The organisations that the person binds; None for an operator, who types the code of any."""
    access = access_of(user)
    if access.has(Role.OPERATOR):
        return None
    return [
        row.organization
        for row in parties.organizations_of(user)
        if access.binds(row.organization_id)
    ]


def _member(org: Organization, contact: str, actor: User) -> User:
    """The member of an organisation whose address or number this is.

    Somebody outside and nobody have one answer: the form is no way to ask who has an account.
    """
    if not actor.has_perm("custody.appoint_organization", org):
        raise Forbidden(_("只能为本单位任命密钥保管人"))
    person = parties.user_by_contact(contact)
    if person is None or not access_of(person).in_org(org.pk):
        raise InvalidInput({"person": [_("该单位没有使用这个邮箱或手机号的成员")]})
    return person


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: PersonRequest, code: str) -> HttpResponse:
    """One custodian; a POST accepts, declines or retires."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="custody.view_custodian",
    )
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    form = RetireForm(request.POST if chosen == "retire" else None)
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    if request.method == "POST":
        status = 400
        try:
            if chosen not in CUSTODIAN.transitions:
                problem = _("请选择要做的操作")
            elif chosen != "retire" or form.is_valid():
                reason = form.cleaned_data["reason"] if chosen == "retire" else ""
                services.make_move(row, chosen, reason, actor=request.user, rev=seen.rev)
                label = CUSTODIAN.transitions[chosen].label
                messages.success(request, _("已办理：%(move)s") % {"move": label})
                return redirect("custody:show", row.code)
        except InvalidInput as error:
            if form.is_bound:
                at_fields(form, error)
            else:
                problem = first_reason(error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
            row.refresh_from_db()
    context = _context(request.user, row) | {"seen": seen, "form": form, "problem": problem}
    return render_page(request, "custody/show.html", context, status=status)


def _context(user: User, row: Custodian) -> dict[str, Any]:
    is_own = user.has_perm("custody.hold_custodian", row)
    return {
        "custodian": row,
        "wrong": _wrong(row, queries.fit(row)),
        "moves": {move.name: move for move in CUSTODIAN.available(row, user)},
        "keys": list(row.keys.order_by("-id")),
        "rehearsals": list(queries.rehearsals_of(row)[:20]),
        "is_own": is_own,
        "holds": is_own and row.status == Status.ACTIVE,
        "history": history(events.CUSTODIAN, row.pk),
    }
