"""What the pages of the seller and of the registrar share."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.deals.models import Contract
from marketplace.deals.services import AMENDABLE, SECTIONS
from marketplace.deals.workflow import Book, ContractStatus
from marketplace.files import queries as files
from marketplace.journal.queries import history
from marketplace.journal.versions import version_before, version_of
from marketplace.kernel.money import format_listing
from marketplace.registration import events, queries
from marketplace.registration.models import Filing
from marketplace.registration.rulebook.numbers import shown
from marketplace.registration.workflow import COUNTED, FilingStatus
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.differences import Difference
from marketplace.web.templatetags.web import url_or_empty
from marketplace.web.views import fetch

#: The steps as the seller sees them: the states that belong to each, and its name.
_STEPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (_("自查"), frozenset({"draft", "returned"})),
    (_("提交预审"), frozenset({"submitted"})),
    (_("受理和审核"), frozenset({"accepted", "first_passed"})),
    (_("在国家系统申报"), frozenset({"approved", "forwarded", "filed"})),
    (pgettext_lazy("ledger", "登记"), frozenset({"registered", "changed", "disputed"})),
    (_("核定技术性收入"), frozenset({"performed"})),
)

#: What is next, for the seller, by state.
NEXT: dict[str, Any] = {
    FilingStatus.DRAFT: _("完成自查，由单位审核人或管理员提交预审。"),
    FilingStatus.SUBMITTED: _("等待登记机构受理，或者一次告知需要补正的内容。"),
    FilingStatus.RETURNED: _("按退回理由修改合同信息、补充材料，然后重新提交。"),
    FilingStatus.ACCEPTED: _("登记机构正在审核。"),
    FilingStatus.FIRST_PASSED: _("初审已通过，等待复审或作出结论。"),
    FilingStatus.APPROVED: _("预审已通过：请按抄录单在全国技术合同管理与服务系统申报。"),
    FilingStatus.FORWARDED: _("合同转省办理：请按抄录单在全国技术合同管理与服务系统申报。"),
    FilingStatus.REFUSED: _("未通过预审。修改合同后可以重新申报。"),
    FilingStatus.FILED: _("已在国家系统申报，等待官方登记编号。"),
    FilingStatus.REGISTERED: _("已登记。收款、开票后可登记用证情况；履行完毕后核定技术性收入。"),
    FilingStatus.CHANGED: _("登记已变更。此前已用证的，请向相应部门报告。"),
    FilingStatus.DISPUTED: _("登记有异议，登记机构正在处理。"),
    FilingStatus.PERFORMED: _("技术性收入已核定。"),
    FilingStatus.CANCELLED: _("登记已注销。此前已用证的，请向相应部门报告。"),
    FilingStatus.REVOKED: _("登记已撤销。此前已用证的，请向相应部门报告。"),
}


@dataclass(frozen=True)
class Step:
    """One step of the way: `state` is done, now or todo."""

    label: Any
    state: str
    note: Any = ""


def steps_of(filing: Filing) -> list[Step]:
    """The way of a filing, with where it stands."""
    place = next(
        (index for index, (_label, states) in enumerate(_STEPS) if filing.status in states), None
    )
    ended = place is None
    if ended:
        place = 2 if filing.official_number is None else 4
    found = []
    for index, (label, _states) in enumerate(_STEPS):
        state = "done" if index < (place or 0) else "now" if index == place else "todo"
        note = filing.status_words if index == place else ""
        found.append(Step(label, state, note))
    return found


def fetch_filing(request: HttpRequest, code: str, action: str | None = None) -> Filing:
    """The filing of this code, for who may see it. Raises 404, Forbidden."""
    return fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="registration.view_registration",
        action=action,
    )


#: The section of the contract's form by the anchor of a rule; a reason of a return names the section.
_SECTION_OF = {
    "title": "basics",
    "type": "basics",
    "subject": "basics",
    "dates": "basics",
    "amount": "money",
    "payment": "money",
    "deductions": "worksheet",
    "ip": "official",
    "plan": "official",
    "classification": "official",
    "output": "official",
}
_PAGE_OF = {"evidence": "deals:evidence", "final-text": "deals:text", "copies": "deals:copy"}


def place_of(contract: Contract, field: str) -> str:
    """The page where what a finding or a reason is about is mended; the contract's page for an unknown field.

    Of a signed contract the terms change by an amendment, the parties by their particulars, and the text
    by a further signed copy. Empty for no field, and while the bureau works with the contract.
    """
    section = _SECTION_OF.get(field, field)
    if contract.is_signed:
        section = {"parties": "particulars", "final-text": "copies"}.get(section, section)
        amends = section in AMENDABLE
        if not field or (contract.under_review if amends else contract.facts_locked):
            return ""
        if amends:
            return url_or_empty("deals:amend", contract.code, section)
    if section in SECTIONS:
        return url_or_empty("deals:edit", contract.code, section)
    if section in _PAGE_OF:
        return url_or_empty(_PAGE_OF[section], contract.code)
    return url_or_empty("deals:show", contract.code) if field else ""


def since_return(filing: Filing) -> list[Difference]:
    """What differs between the last submission and the one before it, by field of the form."""
    if filing.rounds < 2:
        return []
    before = version_before(events.FILING, filing.pk, filing.submitted_rev)
    after = version_of(events.FILING, filing.pk, filing.submitted_rev)
    return differences(before, after) if before is not None and after is not None else []


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """The fields of the form that differ, in the form's order."""
    labels = [*now, *(label for label in before if label not in now)]
    return [
        Difference(label, str(before.get(label, "")), str(now.get(label, "")))
        for label in labels
        if str(before.get(label, "")) != str(now.get(label, ""))
    ]


def facts_of(filing: Filing) -> list[tuple[Any, Any]]:
    """The facts of the contract that a decision rests on, as label and words."""
    contract = filing.contract
    by_side: dict[str, list[str]] = {}
    for party in sorted(contract.parties.all(), key=lambda row: (row.position, row.pk)):
        by_side.setdefault(party.side, []).append(party.name)
    rows = [
        (_("项目名称"), contract.title),
        (_("合同类型"), taxonomy.label("contract_type", contract.contract_type) or "—"),
        (_("卖方"), "、".join(by_side.get("seller", [])) or "—"),
        (_("买方"), "、".join(by_side.get("buyer", [])) or "—"),
        (_("成交额"), _money(contract.amount_total_fen)),
        (_("技术交易额"), _money(contract.amount_technical_fen)),
        (_("签订日期"), contract.signed_on.isoformat() if contract.signed_on else "—"),
        (_("有效期至"), contract.ends_on.isoformat() if contract.ends_on else "—"),
        (_("办理机关"), filing.get_route_display()),
        (_("县区"), taxonomy.label("district", filing.district) if filing.district else "—"),
    ]
    if by_side.get("broker"):
        rows.insert(4, (_("中介方"), "、".join(by_side["broker"])))
    return rows


def registered_facts(filing: Filing) -> list[tuple[Any, Any]]:
    """What the register says, as label and words; empty before the registration."""
    if filing.official_number is None or filing.official_on is None:
        return []
    return [
        (_("官方登记编号"), shown(filing.official_number)),
        (_("登记日期"), filing.official_on.isoformat()),
        (_("认定的合同类型"), taxonomy.label("contract_type", filing.recognised_type)),
        (_("认定的成交额"), _money(filing.recognised_total_fen)),
        (_("认定的技术交易额"), _money(filing.recognised_technical_fen)),
    ]


def moved_since(filing: Filing) -> list[Any]:
    """What became of a counted contract since its registration, in sentences; empty when all is taken over."""
    if not queries.has_moved(filing):
        return []
    contract = filing.contract
    found: list[Any] = []
    pairs = (
        (_("成交额：登记为 %(old)s，合同现为 %(new)s"), "total_fen"),
        (_("技术交易额：登记为 %(old)s，合同现为 %(new)s"), "technical_fen"),
    )
    for text, name in pairs:
        old, new = getattr(filing, f"recognised_{name}"), getattr(contract, f"amount_{name}")
        if old != new:
            found.append(text % {"old": _money(old), "new": _money(new)})
    if filing.recognised_type != contract.contract_type:
        kinds = {
            "old": taxonomy.label("contract_type", filing.recognised_type),
            "new": taxonomy.label("contract_type", contract.contract_type),
        }
        found.append(_("合同类型：登记为 %(old)s，合同现为 %(new)s") % kinds)
    if contract.status == ContractStatus.TERMINATED:
        found.append(_("合同已终止，请办理注销登记或者变更登记"))
    elif contract.status == ContractStatus.PERFORMED:
        found.append(_("合同已履行完毕，请核定技术性收入"))
    return found


def _money(fen: int | None) -> str:
    return format_listing(fen) if fen is not None else "—"


def common(filing: Filing) -> dict[str, Any]:
    """What the page of the seller and that of the registrar both show."""
    return {
        "filing": filing,
        "contract": filing.contract,
        "facts": facts_of(filing),
        "registered": registered_facts(filing),
        "findings": filing.findings,
        "papers": files.file_rows(queries.papers_of(filing)),
        "certificates": files.file_rows(queries.certificates_of(filing)),
        "changes": since_return(filing),
        "decisions": list(filing.decisions.select_related("by", "deputy_of")[:30]),
        "history": history(events.FILING, filing.pk, limit=30),
        "uses": list(filing.uses.select_related("instalment", "invoice")),
        "is_sample": filing.book == "sample",
        "is_over": filing.official_number is not None and filing.status not in COUNTED,
        "limits": filing.limits,
    }


def book_of(request: HttpRequest) -> str:
    """The book that the address asks for; the city's unless it says `sample`."""
    return str(Book.SAMPLE if request.GET.get("book") == Book.SAMPLE else Book.CITY)


def say(request: HttpRequest, text: Any) -> None:
    """A message on the next page."""
    messages.success(request, str(text))
