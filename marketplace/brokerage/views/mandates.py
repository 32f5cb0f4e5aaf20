"""Pages of mandates: the list, proposing one, one mandate with its versions and copies."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.brokerage import events, queries
from marketplace.brokerage.forms.mandates import (
    AmendForm,
    CopyForm,
    ProposeForm,
    ReasonForm,
    TermsForm,
    initial_terms,
    sent,
)
from marketplace.brokerage.models import Broker, Mandate
from marketplace.brokerage.rulebook.commission import Terms, shares_of
from marketplace.brokerage.rulebook.mandate_text import percent
from marketplace.brokerage.services import mandates
from marketplace.brokerage.services.mandates import Scope
from marketplace.brokerage.views.shared import history_without_names
from marketplace.brokerage.workflow import (
    COMMISSION,
    MANDATE,
    VERSION,
    MandateStatus,
    VersionStatus,
)
from marketplace.files import queries as files
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
)
from marketplace.kernel.money import format_listing
from marketplace.listings.kind import kind_named, kinds
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.models import Organization
from marketplace.web.differences import NOTHING, Difference
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page

Request = Any
_ALL = "all"
#: Listings of a client that are offered as scope.
_MOST_SCOPES = 200


@login_required
@require_safe
def mandate_list(request: Request) -> HttpResponse:
    """Mandates of the reader, as broker or as client."""
    page = paginate(request, queries.own_mandates(request.user))
    return render_page(
        request, "brokerage/mandate_list.html", {"page": page, "rows": _named(page, request.user)}
    )


def _named(page: Any, user: Any) -> list[dict[str, Any]]:
    return [
        {"mandate": row, "client": row.client.name if queries.names_client(user, row) else ""}
        for row in page.object_list
    ]


# --- proposing --------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_to(request: Request, code: str) -> HttpResponse:
    """A client proposes a mandate to the broker of this code."""
    found = queries.entered_brokers().filter(code=code) if is_valid_code(code) else None
    broker = found.first() if found is not None else None
    if broker is None:
        raise Http404
    orgs = queries.bound_organizations(request.user)
    if not orgs:
        raise Forbidden(_("委托由单位的审核人或管理员提出"))
    scopes = _scopes(orgs)
    form = ProposeForm(
        sent(request),
        clients=[(org.code, org.name) for org in orgs],
        scopes=[(_ALL, _("本单位发布的全部信息")), *((key, label) for key, label, _s in scopes)],
        initial=initial_terms() | {"scope": request.GET.get("scope", _ALL)},
    )
    return _propose(request, form, broker, lambda: _chosen(form, orgs, scopes))


def _scopes(orgs: list[Organization]) -> list[tuple[str, str, Scope]]:
    """The listings of these organisations that can be mandated: key, label, scope. One query per kind."""
    by_id = {org.pk: org for org in orgs}
    found = []
    for kind in kinds():
        rows = kind.model.objects.filter(owner_id__in=by_id, status__in=list(CONTACTABLE))
        found += [
            (f"{kind.name}:{row.code}", row.title, Scope(by_id[row.owner_id], kind, row))
            for row in rows.order_by("-published_at")[:_MOST_SCOPES]
        ]
    return found


def _chosen(form: Any, orgs: list[Organization], scopes: list[tuple[str, str, Scope]]) -> Scope:
    client = next(org for org in orgs if org.code == form.cleaned_data["client"])
    key = form.cleaned_data["scope"]
    if key == _ALL:
        return Scope(client)
    scope = next(scope for known, _label, scope in scopes if known == key)
    return Scope(client, scope.kind, scope.listing)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_for(request: Request, kind: str, code: str) -> HttpResponse:
    """A broker proposes a mandate to the owner of a published listing, who may be hidden."""
    broker = _entered(request.user)
    try:
        known = kind_named(kind)
    except KeyError as error:
        raise Http404 from error
    listing = fetch(
        known.visible_to(request.user), code, actor=request.user, view=known.perm("view")
    )
    if listing.status not in CONTACTABLE:
        raise Refused(_("这条信息目前不接受委托"))
    form = TermsForm(sent(request), initial=initial_terms())
    scope = Scope(listing.owner, known, listing)
    return _propose(request, form, broker, lambda: scope, listing=listing)


def _entered(user: Any) -> Broker:
    broker = queries.broker_of(user)
    if broker is None or not broker.is_entered:
        raise Forbidden(_("这是在库技术经纪人的页面"))
    return broker


def _propose(
    request: Request, form: Any, broker: Broker, scope: Any, *, listing: Any = None
) -> HttpResponse:
    form_key, status = FormKey(request), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = once(
                    form_key.ticket(),
                    lambda: mandates.propose_mandate(
                        broker=broker,
                        scope=scope(),
                        terms=form.terms(),
                        starts_on=form.cleaned_data["starts_on"],
                        ends_on=form.cleaned_data["ends_on"],
                        actor=request.user,
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                form.take(error)
            except (Refused, KeyReused) as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("已提出委托，等待对方在线确认"))
                return redirect("brokerage:mandate", made.code)
    else:
        form.initial.setdefault("starts_on", clock.today())
    context = {
        "form": form,
        "form_key": form_key,
        "broker": broker,
        "listing": listing,
        "hides": bool(listing is not None and listing.hide_owner),
    }
    return render_page(request, "brokerage/mandate_new.html", context, status=status)


# --- one mandate ------------------------------------------------------------------------------
#: What each act does, by the name of its button.
_MOVES = frozenset({"decline", "withdraw", "terminate"})
_VERSION_MOVES = frozenset({"agree", "refuse", "drop"})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_show(request: Request, code: str) -> HttpResponse:
    """One mandate; a POST accepts, declines, withdraws, terminates or answers an amendment."""
    action = "brokerage.amend_mandate" if request.method == "POST" else None
    mandate = _fetch(request, code, action)
    seen, form = Seen(request, mandate.rev), ReasonForm(sent(request))
    stale = False
    if request.method == "POST":
        try:
            _act(request, mandate, form, seen)
        except Stale:
            mandate = _fetch(request, code)
            stale = True
            seen.renew(mandate.rev)
        except InvalidInput as error:
            form.take(error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已处理"))
            return redirect("brokerage:mandate", code)
    status = 409 if stale else 400 if form.errors else 200
    context = _context(request, mandate) | {
        "seen": seen,
        "form": form,
        "is_stale": stale,
        "changed": _changed(request, mandate) if stale else None,
    }
    return render_page(request, "brokerage/mandate_detail.html", context, status=status)


def _fetch(request: Request, code: str, action: str | None = None) -> Mandate:
    return fetch(
        queries.mandates_visible_to(request.user),
        code,
        actor=request.user,
        view="brokerage.view_mandate",
        action=action,
    )


def _act(request: Request, mandate: Mandate, form: ReasonForm, seen: Seen) -> None:
    act = request.POST.get("act", "")
    if not form.is_valid():
        raise InvalidInput({})
    reason = form.cleaned_data["reason"]
    if act == "accept":
        mandates.accept_mandate(mandate, actor=request.user, rev=seen.rev)
    elif act in _MOVES:
        mandates.close_mandate(mandate, act, reason=reason, actor=request.user, rev=seen.rev)
    elif act in _VERSION_MOVES:
        mandates.decide_amendment(mandate, act, reason=reason, actor=request.user, rev=seen.rev)
    else:
        raise InvalidInput({"": [_("请选择要做什么")]})


def _context(request: Request, mandate: Mandate) -> dict[str, Any]:
    user, versions = request.user, queries.versions_of(mandate)
    waiting = next((one for one in versions if one.status == VersionStatus.PROPOSED), None)
    if waiting is not None:
        waiting.mandate = mandate
    amends = mandate.status == MandateStatus.ACCEPTED and user.has_perm(
        "brokerage.amend_mandate", mandate
    )
    named = queries.names_client(user, mandate)
    return {
        "mandate": mandate,
        "client": mandate.client if named else None,
        "moves": {move.name for move in MANDATE.available(mandate, user)},
        "version_moves": {move.name for move in VERSION.available(waiting, user)}
        if waiting is not None and mandate.status == MandateStatus.ACCEPTED
        else set(),
        "waiting": waiting if mandate.status == MandateStatus.ACCEPTED else None,
        "current": next((one for one in versions if one.number == mandate.version), None),
        "versions": versions,
        "terms": summary(mandate.agreed),
        "waiting_terms": summary(waiting.agreed) if waiting is not None else [],
        "amends": amends,
        "files_copy": mandate.accepted_at is not None
        and user.has_perm("brokerage.amend_mandate", mandate),
        "copies": files.file_rows(queries.copies_of(mandate)),
        "fees": _fees(request, mandate),
        "adds_fee": mandate.accepted_at is not None and mandate.broker.user_id == user.pk,
        "runs": mandate.is_running() and mandate.broker.is_entered,
        "history": history_without_names(events.MANDATE, mandate.pk, named=named),
    }


def _fees(request: Request, mandate: Mandate) -> list[dict[str, Any]]:
    rows = []
    for entry in queries.commissions_of(mandate):
        shares = shares_of(mandate.agreed, entry.amount_fen) if entry.amount_fen else None
        rows.append(
            {
                "entry": entry,
                "shares": shares,
                "moves": COMMISSION.available(entry, request.user),
            }
        )
    return rows


def summary(terms: Terms) -> list[tuple[Any, Any]]:
    """The terms as label and words, for a page."""
    return [
        (TermsForm.base_fields[name].label, words)
        for name, words in _words(terms)
        if words is not None
    ]


def _words(terms: Terms) -> list[tuple[str, Any]]:
    fields = TermsForm.base_fields
    form = {
        name: dict(fields[name].choices)[getattr(terms, name)]  # type: ignore[attr-defined]
        for name in ("fee_kind", "payer", "due_on", "form")
    }
    amount = {
        name: _money(getattr(terms, name))
        for name in ("floor_fen", "cap_fen", "sum_fen", "expenses_fen")
    }
    return [
        ("exclusive", _("是") if terms.exclusive else _("否")),
        ("fee_kind", form["fee_kind"]),
        ("rate_bp", percent(terms.rate_bp) if terms.rate_bp is not None else None),
        ("floor_fen", amount["floor_fen"]),
        ("cap_fen", amount["cap_fen"]),
        ("sum_fen", amount["sum_fen"]),
        ("payer", form["payer"]),
        (
            "client_share_bp",
            percent(terms.client_share_bp) if terms.payer == "both" else None,
        ),
        ("due_on", form["due_on"]),
        ("due_days", _("%(days)d 天") % {"days": terms.due_days}),
        ("expenses_fen", amount["expenses_fen"] or _("未约定")),
        ("protection_days", _("%(days)d 天") % {"days": terms.protection_days}),
        ("form", form["form"]),
        ("note", terms.note or None),
    ]


def _money(fen: int | None) -> str | None:
    return None if fen is None else format_listing(fen)


def _changed(request: Request, now: Mandate) -> list[Difference]:
    """What differs between the mandate that the page showed and the present one.

    The page sends back which status and which version it showed; the versions themselves are kept.
    """
    seen_status = str(dict(MandateStatus.choices).get(request.POST.get("shown_status", ""), ""))
    shown = request.POST.get("shown_version", "")
    versions = {str(one.number): one for one in queries.versions_of(now)}
    rows: list[tuple[Any, str, str]] = [(_("状态"), seen_status, str(now.get_status_display()))]
    newest = max(versions.values(), key=lambda one: one.number)
    if shown in versions and versions[shown].number != newest.number:
        old = dict(summary(versions[shown].agreed))
        rows += [
            (label, str(old.get(label, NOTHING)), str(words))
            for label, words in summary(newest.agreed)
        ]
    return [Difference(label, old, new) for label, old, new in rows if old != new]


# --- amendments and copies -----------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mandate_amend(request: Request, code: str) -> HttpResponse:
    """Propose other terms, or another end, for a running mandate."""
    mandate = _fetch(request, code, "brokerage.amend_mandate")
    if mandate.status != MandateStatus.ACCEPTED:
        raise Refused(_("只有已确认的委托可以变更"))
    initial = _amendable(mandate)
    form = AmendForm(sent(request), initial=initial)
    seen, conflict = Seen(request, mandate.rev), None
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                conflict = seen.conflict(
                    form,
                    lambda: mandates.propose_amendment(
                        mandate,
                        terms=form.terms(),
                        ends_on=form.cleaned_data["ends_on"],
                        actor=request.user,
                        rev=seen.rev,
                    ),
                    saved=_amendable,
                    state=lambda row: row.rev,
                )
            except InvalidInput as error:
                form.take(error)
            except Refused as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                if conflict is None and seen.rev == str(mandate.rev):
                    messages.success(request, _("已提出变更，双方在线确认后生效"))
                    return redirect("brokerage:mandate", code)
                status, conflict = 409, conflict or []
    context = {"mandate": mandate, "form": form, "seen": seen, "conflict": conflict}
    return render_page(request, "brokerage/mandate_amend.html", context, status=status)


def _amendable(mandate: Mandate) -> dict[str, Any]:
    return initial_terms(mandate.agreed) | {"ends_on": mandate.last_day}


@login_required
@require_POST
@limited("uploads", per_user="60/h")
def mandate_copy(request: Request, code: str) -> HttpResponse:
    """File a sealed copy of a mandate."""
    mandate = _fetch(request, code, "brokerage.amend_mandate")
    if mandate.accepted_at is None:
        raise Refused(_("委托确认后才能存入盖章文本"))
    form = CopyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            mandates.file_copy(mandate, form.cleaned_data["file"], actor=request.user)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, _("已存入盖章文本"))
            return redirect("brokerage:mandate", code)
    context = _context(request, mandate) | {
        "seen": Seen(request, mandate.rev),
        "form": ReasonForm(),
        "copy_form": form,
    }
    context["seen"].renew(mandate.rev)
    return render_page(request, "brokerage/mandate_detail.html", context, status=400)
