"""The sections of a contract, each its own page: saved one by one, nothing typed is lost."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import queries, services
from marketplace.deals.forms.sections import PARTICULARS, SECTIONS, Section, section_named
from marketplace.deals.models import Contract
from marketplace.deals.rulebook.capitals import in_capitals
from marketplace.deals.rulebook.currencies import to_fen, units
from marketplace.deals.rulebook.drafting import yuan
from marketplace.deals.services.editing import AFTER_SIGNATURE
from marketplace.deals.views.shared import EDIT, Request, at_fields, contract_of, sent
from marketplace.deals.workflow import UNSIGNED, ContractStatus, Side
from marketplace.kernel.errors import InvalidInput, Refused, Stale
from marketplace.kernel.money import MAX_FEN
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization
from marketplace.web.differences import Difference, compare, shown_rows
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page

#: Organisations that a search of the section of parties shows.
MOST_FOUND = 8
_PARTY = (
    *("side", "name", "is_person", "identity", "nature", "district", "country", "legal_head"),
    *("contact_name", "contact_phone", "share_bp"),
)
_ROWS = {
    "instalments": ("what", "due_on", "amount_fen"),
    "deductions": ("kind", "amount_fen", "note"),
    "milestones": ("what", "due_on"),
}


@dataclass
class Page:
    """A section that is shown or was sent: its form and its rows."""

    section: Section
    form: Any
    rows: dict[str, Any]

    @property
    def is_edited(self) -> bool:
        """A row button was pressed: nothing is to be saved yet."""
        return any(rows.edited for rows in self.rows.values())

    def is_valid(self) -> bool:
        """Judge form and rows, so that all errors are shown at once."""
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def hush(self) -> None:
        """Keep what was typed, show no errors."""
        self.form.hush()

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        held = {name: value for name, value in self.form.cleaned_data.items() if name != "find"}
        return held | {name: rows.values for name, rows in self.rows.items()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, code: str, section: str) -> HttpResponse:
    """One section of a contract; buttons add rows, search organisations or compute before saving."""
    try:
        current = section_named(section)
    except KeyError as error:
        raise Http404 from error
    contract = contract_of(request, code, action=EDIT)
    _check_open(contract, current)
    seen, act = Seen(request, contract.rev), request.POST.get("do", "")
    data = _with_party(request.POST, act) if request.method == "POST" else sent(request)
    page = page_of(current, contract, data)
    computed, outcome = _computed(contract, current), _Outcome()
    if data is not None:
        if page.is_edited or act == "find" or act.startswith("add:"):
            page.hush()
        elif not page.is_valid():
            outcome.status = 400
        elif act == "compute":
            computed = _computed(contract, current, page)
        else:
            outcome = _save(request, contract, page, seen)
            if outcome.is_done:
                messages.success(request, _("已保存"))
                return _next(code, current, act)
            contract = outcome.contract or contract
    context = {
        "contract": contract,
        "section": current,
        "sections": sections_of(contract),
        "form": page.form,
        "rowsets": [(current.rows[name][1], rows) for name, rows in page.rows.items()],
        "all_forms": [page.form, *page.rows.values()],
        "found": _found(page.form) if act == "find" else None,
        "asked": page.form["find"].value() if "find" in page.form.fields else "",
        "sides": Side.choices,
        "computed": computed,
        "seen": seen,
        "problem": outcome.problem,
        "conflict": outcome.conflict,
        "reopens": contract.status in UNSIGNED and contract.status != Contract.Status.DRAFT,
    }
    return render_page(request, "deals/contract_edit.html", context, status=outcome.status)


def sections_of(contract: Contract) -> tuple[Section, ...]:
    """The sections that can be changed in the present state."""
    if not contract.is_signed:
        return SECTIONS
    return tuple(one for one in (*SECTIONS, PARTICULARS) if one.key in AFTER_SIGNATURE)


def _check_open(contract: Contract, section: Section) -> None:
    """Raise Refused where a form would be filled in vain. The service decides again under its lock."""
    if contract.status == ContractStatus.CANCELLED:
        raise Refused(_("合同已取消，不能修改"))
    if section not in sections_of(contract) and section != PARTICULARS:
        raise Refused(_("合同已签订，条款只能由双方同意变更"))
    if contract.is_signed and contract.facts_locked:
        raise Refused(_("合同已提交登记，退回补正后才能修改"))


@dataclass
class _Outcome:
    """What became of an attempt to save. `contract` is the newer row where somebody else has saved meanwhile."""

    is_done: bool = False
    status: int = 200
    problem: Refused | None = None
    conflict: list[Difference] | None = None
    contract: Contract | None = None


def _save(request: Request, contract: Contract, page: Page, seen: Seen) -> _Outcome:
    """Save a valid section; its errors stand at the fields."""
    key = page.section.key
    try:
        services.save_section(contract, key, page.values, actor=request.user, rev=seen.rev)
    except InvalidInput as error:
        at_fields(page.form, error, page.rows)
        return _Outcome(status=error.status)
    except Stale as error:
        newer = contract_of(request, contract.code, action=EDIT)
        seen.renew(newer.rev)
        conflict = _differences(page, newer)
        # What is stored already, by a second click, is done.
        return _Outcome(not conflict, error.status, conflict=conflict, contract=newer)
    except Refused as error:
        return _Outcome(status=error.status, problem=error)
    return _Outcome(is_done=True)


def _next(code: str, current: Section, act: str) -> HttpResponse:
    place = SECTIONS.index(current) + 1 if current in SECTIONS else len(SECTIONS)
    if act == "next" and place < len(SECTIONS):
        return redirect("deals:edit", code, SECTIONS[place].key)
    return redirect("deals:show", code)


def page_of(section: Section, contract: Contract, data: Any) -> Page:
    form = section.form(data, initial=_stored(contract, section))
    rows = {
        name: formset(data, prefix=name, initial=stored_rows(contract, name))
        for name, (formset, _heading) in section.rows.items()
    }
    for row in rows["parties"].forms if section.key == "parties" else ():
        if row["organization"].value():
            for name in ("name", "identity"):
                row.fields[name].widget.attrs["readonly"] = True
    return Page(section, form, rows)


def _stored(contract: Contract, section: Section) -> dict[str, Any]:
    names = [name for name in section.form.base_fields if hasattr(contract, name)]
    found = {name: getattr(contract, name) for name in names}
    if found.get("foreign_amount") is not None:
        found["foreign_amount"] = f"{units(found['foreign_amount'], contract.currency):f}"
    return found


def stored_rows(contract: Contract, name: str) -> list[dict[str, Any]]:
    if name == "acceptance":
        return list(contract.acceptance)
    if name == "parties":
        return [
            {"party": row.pk}
            | {column: getattr(row, column) for column in _PARTY}
            | {
                "organization": row.organization.code if row.organization else "",
                "broker": row.broker.code if row.broker else "",
            }
            for row in queries.parties_of(contract)
        ]
    rows = getattr(contract, name).all()
    return [{column: getattr(row, column) for column in _ROWS[name]} for row in rows]


def _differences(page: Page, contract: Contract) -> list[Difference]:
    """What is stored now and differs from what was typed; both as the form shows them."""
    stored = _stored(contract, page.section)
    found = compare(page.form.fields, stored, page.form.cleaned_data)
    for name, rows in page.rows.items():
        fields = rows.empty_form.fields
        before = shown_rows(fields, stored_rows(contract, name))
        after = shown_rows(fields, rows.values)
        if before != after:
            found.append(Difference(page.section.rows[name][1], before, after))
    return found


# --- parties ----------------------------------------------------------------------------------
def _found(form: Any) -> list[Organization]:
    """Verified organisations of the words or the credit code that were typed."""
    words = str(form["find"].value() or "").strip()[:60]
    if not words:
        return []
    named = list(parties.directory(words)[:MOST_FOUND])
    coded = parties.public_organizations().filter(uscc__iexact=words).first()
    return [coded] if coded is not None and coded not in named else named


def _with_party(data: QueryDict, act: str) -> QueryDict:
    """The data with one party more: the organisation whose button `add:<side>:<code>` was pressed.

    It takes the first empty row, or a new one.
    """
    parts = act.split(":")
    if parts[0] != "add" or len(parts) != 3 or parts[1] not in Side.values:
        return data
    org = parties.public_organizations().filter(code=parts[2][:16]).first()
    if org is None:
        return data
    changed = data.copy()
    typed = changed.get("parties-TOTAL_FORMS", "0")
    total = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
    place = next(
        (
            number
            for number in range(total)
            if not changed.get(f"parties-{number}-name", "").strip()
            and not changed.get(f"parties-{number}-organization", "").strip()
        ),
        total,
    )
    row = {
        "organization": org.code,
        "side": parts[1],
        "name": org.name,
        "identity": org.uscc or "",
        "district": org.district,
        "country": "CHN",
    }
    for name, value in row.items():
        changed[f"parties-{place}-{name}"] = value
    if place == total:
        changed["add_row_parties"] = "1"
    return changed


# --- computing before saving ------------------------------------------------------------------
def _computed(contract: Contract, section: Section, page: Page | None = None) -> Any:
    """The sums of the section in figures and capitals: of what is stored, or of what was typed."""
    if section.key == "worksheet":
        total = contract.amount_total_fen
        rows = page.rows["deductions"].values if page else stored_rows(contract, "deductions")
        return _worksheet(total, sum(row["amount_fen"] for row in rows))
    if section.key == "money":
        rows = page.rows["instalments"].values if page else stored_rows(contract, "instalments")
        total = _total(page) if page else contract.amount_total_fen
        planned = sum(row["amount_fen"] for row in rows)
        return {
            "total": _amount(total),
            "planned": _amount(planned),
            "left": _amount(total - planned) if total is not None and planned <= total else None,
            "is_over": total is not None and planned > total,
            "is_typed": page is not None,
        }
    return None


def _worksheet(total: int | None, spent: int) -> dict[str, Any]:
    return {
        "total": _amount(total),
        "spent": _amount(spent),
        "technical": _amount(total - spent) if total is not None and spent <= total else None,
        "is_over": total is not None and spent > total,
    }


def _total(page: Page) -> int | None:
    held = page.form.cleaned_data
    if held["currency"] == "CNY":
        return held["amount_total_fen"]
    if held["foreign_amount"] is None or not held["rate_text"]:
        return None
    fen = to_fen(held["foreign_amount"], held["currency"], held["rate_text"])
    return fen if fen <= MAX_FEN else None


def _amount(fen: int | None) -> dict[str, Any] | None:
    """Figures in yuan and capitals; None without an amount, no capitals beyond what may be recorded."""
    if fen is None:
        return None
    return {
        "fen": fen,
        "yuan": yuan(fen),
        "capitals": in_capitals(fen) if 0 <= fen <= MAX_FEN else "",
    }
