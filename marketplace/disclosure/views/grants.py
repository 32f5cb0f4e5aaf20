"""Asking for a grant, giving one, and the page of a grant with its moves."""

from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.disclosure import events, queries, services
from marketplace.disclosure.forms import AskForm, EndForm, GiveForm, OfferForm, ReasonForm
from marketplace.disclosure.models import Grant
from marketplace.disclosure.rulebook import Subject
from marketplace.disclosure.views.shared import PersonRequest, subject_or_404
from marketplace.disclosure.workflow import GRANT
from marketplace.journal.once import once
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.codes import read_code
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, NotVisible, Refused
from marketplace.parties import queries as parties
from marketplace.parties.policies import access_of
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page

#: How long a grant runs that an owner gives without thinking about its end.
SUGGESTED = timedelta(days=90)
#: Moves that end something: their button is marked.
DANGER = {"decline", "revoke", "withdraw"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("disclosure-ask", per_user="60/h")
def ask(request: PersonRequest, code: str) -> HttpResponse:
    """Ask for a grant of the listing of this code."""
    subject = subject_or_404(request, code)
    orgs = {
        row.organization.code: row.organization
        for row in parties.organizations_of(request.user)
        if row.organization_id != subject.owner_id
    }
    form = AskForm(request.POST or None, organizations=list(orgs.values()))
    form_key, reused, problem, status = FormKey(request), None, "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            values = form.cleaned_data
            try:
                made = once(
                    form_key.ticket(),
                    lambda: services.request_grant(
                        subject,
                        orgs[values["organization"]],
                        note=values["note"],
                        actor=request.user,
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except Refused as error:
                problem, status = str(error), error.status
            else:
                messages.success(request, _("申请已发出，发布单位答复后会通知你"))
                return redirect("disclosure:grant", made.code)
    context = {
        "subject": subject,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
        "has_organization": bool(orgs),
    }
    return render_page(request, "disclosure/grant_ask.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("disclosure-offer", per_user="60/h")
def offer(request: PersonRequest, code: str) -> HttpResponse:
    """Give a grant of an own listing to an organisation that did not ask."""
    subject = subject_or_404(request, code)
    if not access_of(request.user).binds(subject.owner_id):
        raise Forbidden(_("需要本单位审核人或管理员授权"))
    form = OfferForm(request.POST or None, hides_owner=subject.hides_owner)
    form_key, reused, problem, status = FormKey(request), None, "", 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: _offered(subject, form.cleaned_data, request),
                    actor=request.user,
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except Refused as error:
                problem, status = str(error), error.status
            else:
                messages.success(request, _("已授权"))
                return redirect("disclosure:grant", made.code)
    context = {
        "subject": subject,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    return render_page(request, "disclosure/grant_offer.html", context, status=status)


def _offered(subject: Subject, values: dict[str, Any], request: PersonRequest) -> Grant:
    try:
        org = parties.organization_of_code(read_code(values["organization"]))
    except NotVisible as error:
        raise InvalidInput({"organization": [_("没有这个编号的单位")]}) from error
    return services.offer_grant(
        subject,
        org,
        until=values["until"],
        actor=request.user,
        releases_name=values.get("releases_name", False),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show_grant(request: PersonRequest, code: str) -> HttpResponse:
    """One grant with the moves that this person can make; a POST makes the one of its button."""
    grant = fetch(
        queries.visible_to(request.user), code, actor=request.user, view="disclosure.view_grant"
    )
    subject = queries.subject_named(grant.subject_kind, grant.subject_id)
    hides_owner = subject is not None and subject.hides_owner
    chosen = request.POST.get("move", "") if request.method == "POST" else ""
    forms = _forms(request, grant, chosen, hides_owner=hides_owner)
    seen, problem, status, conflict = Seen(request, grant.rev), "", 200, None
    if request.method == "POST":
        status = 400
        try:
            conflict = _move(request, grant, chosen, forms.get(chosen), seen)
        except InvalidInput as error:
            if not forms.get(chosen):
                raise
            at_fields(forms[chosen], error)
            conflict = None
        except Refused as error:
            problem, status = str(error), error.status
        else:
            if conflict is None and not (forms.get(chosen) and forms[chosen].errors):
                done = {"move": GRANT.transitions[chosen].label}
                messages.success(request, _("已办理：%(move)s") % done)
                return redirect("disclosure:grant", grant.code)
            status = 409 if conflict is not None else 400
        grant = queries.visible_to(request.user).get(pk=grant.pk)
    is_owner = access_of(request.user).in_org(grant.owner_id)
    is_overseer = queries.is_overseer(request.user)
    moves = [
        (move, forms.get(move.name), move.name in DANGER)
        for move in GRANT.available(grant, request.user)
    ]
    context = {
        "grant": grant,
        "subject": subject,
        "hides_owner": hides_owner,
        "names_owner": queries.named_grants(request.user, [(grant, subject)])[grant.pk],
        "is_owner": is_owner,
        "acceptance": _acceptance(grant) if is_owner or is_overseer else None,
        "may_read": queries.opening(
            request.user, grant.subject_kind, grant.subject_id, grant.owner_id
        ),
        "why_shut": queries.why_shut(
            request.user, grant.subject_kind, grant.subject_id, grant.owner_id
        ),
        "moves": moves,
        "seen": seen,
        "problem": problem,
        "conflict": conflict,
        "readings": queries.readings_of(grant.subject_kind, grant.subject_id).filter(grant=grant)[
            :20
        ]
        if is_owner or is_overseer
        else [],
        # The names of the owner's people stand in it, which an anonymous owner has not released.
        "history": history(events.GRANT, grant.pk) if is_owner or is_overseer else [],
    }
    return render_page(request, "disclosure/grant_detail.html", context, status=status)


def _acceptance(grant: Grant) -> Any:
    found = queries.acceptance_of(grant.organization_id)
    return {"row": found, "scan": queries.scan_of(found) if found else None}


def _forms(
    request: PersonRequest, grant: Grant, chosen: str, *, hides_owner: bool
) -> dict[str, Any]:
    """A form for each move that asks for something; the one of the pressed button is bound."""

    def data(move: str) -> Any:
        return request.POST if move == chosen else None

    last: date | None = grant.last_day
    suggested = {"until": last or clock.today() + SUGGESTED}
    return {
        "give": GiveForm(data("give"), hides_owner=hides_owner, initial=suggested),
        "decline": ReasonForm(data("decline")),
        "prolong": EndForm(data("prolong"), initial=suggested),
        "revoke": ReasonForm(data("revoke")),
    }


def _move(request: PersonRequest, grant: Grant, name: str, form: Any, seen: Seen) -> Any:
    """Make a move. Gives the differences when the page is stale, None when it is done or the form has errors.

    Raises InvalidInput, Refused, Forbidden.
    """
    if name not in GRANT.transitions or GRANT.transitions[name].permission == "":
        # Who may do nothing here learns that first; then, that the page did not say what to do.
        if not any(
            request.user.has_perm(move.permission, grant)
            for move in GRANT.transitions.values()
            if move.permission
        ):
            raise Forbidden
        raise InvalidInput({"move": [_("请选择要做的操作")]})
    permission = GRANT.transitions[name].permission
    if not request.user.has_perm(permission, grant):
        raise Forbidden
    actor, rev = request.user, seen.rev
    if form is None:
        return services.withdraw(grant, actor=actor, rev=rev) and None
    if not form.is_valid():
        return None
    values = form.cleaned_data
    acts = {
        "give": lambda: services.give_grant(
            grant,
            until=values["until"],
            releases_name=values.get("releases_name", False),
            actor=actor,
            rev=rev,
        ),
        "decline": lambda: services.decline(grant, reason=values["reason"], actor=actor, rev=rev),
        "prolong": lambda: services.prolong(grant, until=values["until"], actor=actor, rev=rev),
        "revoke": lambda: services.revoke(grant, reason=values["reason"], actor=actor, rev=rev),
    }
    return seen.conflict(form, acts[name], saved=_saved, state=attrgetter("rev"))


def _saved(grant: Grant) -> dict[str, Any]:
    return {
        "until": grant.last_day,
        "reason": grant.reason,
        "releases_name": grant.releases_name,
    }
