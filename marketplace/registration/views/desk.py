"""The registrar's day: heaps, one decision after the other, batches, contracts without a number."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.deals.workflow import Book
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.policies import access_of
from marketplace.registration import queries
from marketplace.registration.forms.filing import (
    ChangeForm,
    IncomeForm,
    NoteForm,
    ReasonForm,
    RefuseForm,
    RegisterForm,
    ReturnForm,
)
from marketplace.registration.models import Filing
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.limits import OVERDUE_DAYS
from marketplace.registration.services import batch, precheck
from marketplace.registration.services import filing as services
from marketplace.registration.views.shared import (
    book_of,
    common,
    fetch_filing,
    moved_since,
)
from marketplace.registration.workflow import FILING, ON_DESK, FilingStatus
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

HEAP_NAMES = {
    "due": gettext_lazy("今日到期"),
    "corrected": gettext_lazy("补正后重报"),
    "new": gettext_lazy("新提交"),
    "review": gettext_lazy("审核中"),
    "number": gettext_lazy("待官方编号"),
    "disputed": gettext_lazy("有异议"),
    "moved": gettext_lazy("登记后有变动"),
}
#: Rows of a page that are sent together.
_SIZE = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The heaps of the desk; a POST accepts the chosen filings, or takes each one step on."""
    if not request.user.has_perm("registration.use_desk"):
        raise Forbidden(_("这是登记员的页面"))
    outcomes = _batch(request) if request.method == "POST" else None
    name, district = _asked(request)
    page = paginate(request, queries.heap(request.user, name, district=district), size=_SIZE)
    counts = queries.heap_counts(request.user, district=district)
    context = {
        "page": page,
        "heap": name,
        "tabs": [(key, label, counts[key]) for key, label in HEAP_NAMES.items()],
        "district": district,
        "districts": _districts(request),
        "outcomes": outcomes,
        "failed": [one for one in outcomes or [] if not one.done],
        "done": sum(one.done for one in outcomes or []),
        "can_batch": name in {"due", "corrected", "new", "review"},
    }
    status = 400 if outcomes == [] else 200
    return render_page(request, "registration/desk.html", context, status=status)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The heap and district that are asked for; without a heap the first that is not empty."""
    asked = request.POST if request.method == "POST" else request.GET
    district = asked.get("district", "")
    if not taxonomy.is_valid("district", district):
        district = ""
    name = asked.get("heap", "")
    if name not in queries.HEAPS:
        counts = queries.heap_counts(request.user, district=district)
        name = next((one for one in queries.HEAPS if counts[one]), "new")
    return name, district


def _districts(request: HttpRequest) -> list[tuple[str, str]]:
    """The districts to choose from; a registrar of one district has no choice."""
    own = queries.districts_of(request.user)
    found = [
        (code, label.strip())
        for code, label in taxonomy.choices("district")
        if code.startswith(settings.CITY) and (not own or code in own)
    ]
    return found if len(found) > 1 else []


def _batch(request: HttpRequest) -> list[batch.Outcome]:
    """Take the chosen filings on, each with the version that the page showed."""
    chosen = [
        (code, request.POST.get(f"rev_{code}", ""))
        for code in request.POST.getlist("codes")[: batch.MOST]
    ]
    actor: Any = request.user
    if not chosen:
        messages.warning(request, _("没有选择任何合同"))
        return []
    if request.POST.get("act") == "accept":
        return services.accept_many(chosen, actor=actor)
    return services.pass_many(chosen, actor=actor)


# --- one decision -----------------------------------------------------------------------------
#: The form of each move, and whether the page shows it as a plain button.
_FORMS: dict[str, type[Any]] = {
    "accept": NoteForm,
    "pass_first": NoteForm,
    "pass_second": NoteForm,
    "approve": NoteForm,
    "forward": NoteForm,
    "return": ReturnForm,
    "refuse": RefuseForm,
    "register": RegisterForm,
    "change": ChangeForm,
    "cancel": ReasonForm,
    "revoke": ReasonForm,
    "dispute": ReasonForm,
    "settle": ReasonForm,
    "settle_changed": ReasonForm,
    "settle_performed": ReasonForm,
    "confirm_income": IncomeForm,
}
_PLAIN = frozenset({"accept", "pass_first", "pass_second", "approve", "forward"})
#: Moves after which the next filing is shown.
_LEADS_ON = _PLAIN | {"return", "refuse", "next"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """One filing before the registrar; a POST makes one move."""
    if not request.user.has_perm("registration.read_desk"):
        raise Forbidden(_("这是登记员的页面"))
    posted = request.method == "POST"
    filing = fetch_filing(request, code, "registration.decide_registration" if posted else None)
    move = request.POST.get("move", "") if posted else ""
    form = _FORMS[move](request.POST) if move in _FORMS else None
    seen, problem, status, stale = Seen(request, filing.rev), "", 400 if posted else 200, False
    try:
        if posted and _decided(request, filing, move, form, seen):
            return _next(request, filing, move)
    except Stale as error:
        status, stale = error.status, True
        filing = fetch_filing(request, code)
        seen.renew(filing.rev)
    except Refused as error:
        status, problem = error.status, str(error)
        filing = fetch_filing(request, code)
    context = common(filing) | {
        "seen": seen,
        "is_stale": stale,
        "problem": problem,
        "choices": _choices(request, filing, move, form),
        "next_label": "" if _waits(request, filing) else _next_label(filing),
        "waits": _waits(request, filing),
        "decides": request.user.has_perm("registration.decide_registration", filing),
        "is_party": _is_party(request, filing),
        "risks": _risks(request, filing),
        "moved": moved_since(filing),
    }
    return render_page(request, "registration/decide.html", context, status=status)


def _decided(request: HttpRequest, filing: Filing, move: str, form: Any, seen: Seen) -> bool:
    """Whether the move was made; if not, the form shows what is missing."""
    actor: Any = request.user
    how: dict[str, Any] = {"actor": actor, "rev": seen.rev}
    if move == "next":
        services.next_step(filing, **how)
        _say_done(request, filing)
        return True
    if form is None or not form.is_valid():
        return False
    if move == "register" and not form.is_sure(filing.contract):
        return False
    try:
        _make(filing, move, form, how)
    except InvalidInput as error:
        form.take(error)
        return False
    _say_done(request, filing)
    return True


def _say_done(request: HttpRequest, filing: Filing) -> None:
    """Where the filing stands after the move: the registrar's next one is on the page already."""
    filing.refresh_from_db(fields=["status"])
    said = {"code": filing.code, "state": filing.get_status_display()}
    messages.success(request, _("%(code)s 已办理，现为“%(state)s”") % said)


def _make(filing: Filing, move: str, form: Any, how: dict[str, Any]) -> None:
    data = form.cleaned_data
    if move == "accept":
        services.accept(filing, **how)
    elif move in _PLAIN:
        getattr(services, move)(filing, note=data["note"], **how)
    elif move == "return":
        services.return_for_correction(filing, form.rows(), note=data["note"], **how)
    elif move == "refuse":
        services.refuse(filing, data["codes"], note=data["note"], **how)
    elif move == "register":
        services.register(
            filing,
            data["official_number"],
            data["official_on"],
            recognised=form.recognised(),
            **how,
        )
    elif move == "change":
        services.change(
            filing,
            reason=data["reason"],
            recognised=form.recognised(),
            official_number=data["official_number"],
            official_on=data["official_on"],
            **how,
        )
    elif move == "confirm_income":
        services.confirm_income(filing, data["amount"], note=data["note"], **how)
    elif move.startswith("settle"):
        services.settle(filing, reason=data["reason"], **how)
    else:
        getattr(services, move)(filing, reason=data["reason"], **how)


def _waits(request: HttpRequest, filing: Filing) -> bool:
    """Whether the next step is a second review, which is for another person than this registrar."""
    user: Any = request.user
    needed = (
        filing.status == FilingStatus.FIRST_PASSED
        and filing.needs_second
        and filing.second_at is None
    )
    return (
        needed
        and user.has_perm("registration.decide_registration", filing)
        and not user.has_perm("registration.second_registration", filing)
    )


def _next_label(filing: Filing) -> str:
    """What the main button does: the step that is next when nothing is wrong; "" when there is none."""
    if filing.status not in ON_DESK:
        return ""
    if filing.status == FilingStatus.SUBMITTED:
        return _("受理")
    conclusion = _("转省办理") if filing.route == "province" else _("预审通过")
    if filing.status == FilingStatus.ACCEPTED:
        if filing.needs_second:
            return _("初审通过，交另一人复审")
        return _("初审通过，%(conclusion)s") % {"conclusion": conclusion}
    if filing.needs_second and filing.second_at is None:
        return _("复审通过，%(conclusion)s") % {"conclusion": conclusion}
    return conclusion


def _choices(request: HttpRequest, filing: Filing, move: str, form: Any) -> list[dict[str, Any]]:
    """The moves that this registrar can make now, each with its form; the one that was sent as sent."""
    if not request.user.has_perm("registration.decide_registration", filing):
        return []
    found = []
    for one in FILING.available(filing, request.user):
        if one.name in _FORMS:
            sent = form is not None and one.name == move
            shown = form if sent else _FORMS[one.name](initial=_initial(filing))
            if not sent:
                shown.auto_id = f"id_{one.name}_%s"
            found.append({"move": one, "form": shown, "plain": one.name in _PLAIN, "open": sent})
    return found


def _initial(filing: Filing) -> dict[str, Any]:
    """What a form is filled with before anything is typed."""
    contract = filing.contract
    return {
        "official_number": filing.official_number or filing.reported_number,
        "official_on": filing.official_on or filing.reported_on,
        "contract_type": filing.recognised_type or contract.contract_type,
        "total": filing.recognised_total_fen or contract.amount_total_fen,
        "technical": filing.recognised_technical_fen or contract.amount_technical_fen,
        "amount": filing.recognised_technical_fen,
    }


def _is_party(request: HttpRequest, filing: Filing) -> bool:
    access = access_of(request.user)
    return access.in_org(filing.seller_org_id) or any(
        access.in_org(row.organization_id)
        for row in filing.contract.parties.all()
        if row.organization_id is not None
    )


def _risks(request: HttpRequest, filing: Filing) -> list[Any]:
    """Flags for the registrar; never a ground by themselves."""
    user: Any = request.user
    if not user.has_perm("registration.see_risks", filing.contract):
        return []
    return precheck.flags(filing.contract, user)


def _next(request: HttpRequest, filing: Filing, move: str) -> HttpResponse:
    """The next filing of the desk after a decision of the review; after any other the same one."""
    if move not in _LEADS_ON:
        return redirect("registration:decide", filing.code)
    waiting = queries.next_on_desk(request.user, filing)
    if waiting is not None:
        return redirect("registration:decide", waiting.code)
    return redirect("registration:desk")


# --- signed and not registered (应登未登) ---------------------------------------------------------------------------------
@login_required
@require_safe
def unregistered(request: HttpRequest) -> HttpResponse:
    """Contracts signed here that have no official number after so many days, by county."""
    if not request.user.has_perm("registration.read_desk"):
        raise Forbidden
    district = request.GET.get("district", "")
    if not taxonomy.is_valid("district", district):
        district = ""
    typed = request.GET.get("days", "")
    days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else OVERDUE_DAYS
    book = book_of(request)
    rows = queries.unregistered(request.user, district=district, days=days, book=book)
    page = paginate(request, rows, size=_SIZE)
    counts = queries.unregistered_by_district(request.user, days=days, book=book)
    context = {
        "book": book,
        "books": Book.choices,
        "is_sample": book == Book.SAMPLE,
        "page": page,
        # Before its papers are submitted a contract is its parties' own: then the row is no link.
        "readable": {
            row.pk for row in page.object_list if request.user.has_perm("deals.view_contract", row)
        },
        "counts": [
            (code, taxonomy.label("district", code), counts[code])
            for code in sorted(counts, key=lambda code: (-counts[code], code))
        ],
        "days": days,
        "district": district,
        "districts": _districts(request),
    }
    return render_page(request, "registration/unregistered.html", context)
