"""The copying sheet (抄录单): the fields of the official form in its order, as they are copied into the national system."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.deals.rulebook.currencies import units
from marketplace.deals.rulebook.facts import OfficialFacts, PartyFacts
from marketplace.kernel.money import in_wan
from marketplace.taxonomy import queries as taxonomy

#: The form is Chinese whatever the reader's language is.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class FormRow:
    """One field: `value` is what is copied, `note` its meaning or unit, `anchor` the section of the form."""

    name: str
    label: str
    value: str
    note: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class FormGroup:
    """The fields of one part of the form."""

    title: str
    rows: tuple[FormRow, ...]


def form_of(contract: Contract) -> list[FormGroup]:
    """The form of a contract, group by group, in the order of the official form."""
    facts = deals.official_facts(contract)
    with override(LANGUAGE):
        groups = [
            FormGroup(_("合同"), tuple(_contract(facts))),
            FormGroup(_("金额"), tuple(_money(facts))),
        ]
        for title, parties in (
            (_("卖方"), facts.sellers),
            (_("买方"), facts.buyers),
            (_("中介方"), facts.brokers),
        ):
            for place, party in enumerate(parties, 1):
                name = title if len(parties) == 1 else f"{title} {place}"
                groups.append(FormGroup(name, tuple(_party(party, f"{party.side}-{place}"))))
        groups.append(FormGroup(_("分类和统计"), tuple(_statistics(facts))))
        return groups


def content_of(contract: Contract) -> dict[str, Any]:
    """The form as flat values by label: what a later version is compared with."""
    return {
        f"{group.title} · {row.label}": row.value
        for group in form_of(contract)
        for row in group.rows
    }


def total_said(content: dict[str, Any]) -> str:
    """The 成交额 in 万元 of a form that `content_of` kept; "" when it has none."""
    with override(LANGUAGE):
        return str(content.get(f"{_('金额')} · {_('合同成交额')}") or "")


def _term(scheme: str, code: str) -> str:
    return taxonomy.label(scheme, code) if code else ""


def _contract(facts: OfficialFacts) -> Iterator[FormRow]:
    yield FormRow("title", _("项目名称"), facts.title, anchor="basics")
    kind = _term("contract_class", facts.kind)
    yield FormRow("kind", _("合同类别"), kind, anchor="basics")
    label = _term("contract_type", facts.contract_type)
    yield FormRow("contract_type", _("合同类型"), label, facts.contract_type, "basics")
    yield FormRow("signed_on", _("签订日期"), _day(facts.signed_on), anchor="dates")
    yield FormRow("starts_on", _("合同有效期限（起）"), _day(facts.starts_on), anchor="dates")
    yield FormRow("ends_on", _("合同有效期限（止）"), _day(facts.ends_on), anchor="dates")
    yield FormRow("place", _("履行地点"), facts.place, anchor="dates")
    yield FormRow("subject_text", _("技术内容"), facts.subject_text, anchor="subject")


def _money(facts: OfficialFacts) -> Iterator[FormRow]:
    unit = _("万元")
    total = _wan(facts.amount_total_fen)
    note = _("%(unit)s，估算") % {"unit": unit} if facts.amount_is_estimate else unit
    yield FormRow("total", _("合同成交额"), total, note, "money")
    yield FormRow("technical", _("技术交易额"), _wan(facts.amount_technical_fen), unit, "money")
    for place, row in enumerate(facts.deductions, 1):
        label = _("扣除：%(kind)s") % {"kind": _term("deduction_kind", row.kind)}
        yield FormRow(f"deduction-{place}", label, _wan(row.amount_fen), row.note or unit, "money")
    mode = _term("payment_mode", facts.payment_mode)
    yield FormRow("payment_mode", _("付款方式"), mode, anchor="money")
    if facts.currency != "CNY":
        minor = facts.foreign_amount
        amount = "" if minor is None else f"{units(minor, facts.currency):f}"
        note = _("%(currency)s，汇率 %(rate)s") % {
            "currency": facts.currency,
            "rate": facts.rate_text,
        }
        yield FormRow("foreign", _("外币金额"), amount, note, "money")


def _party(party: PartyFacts, key: str) -> Iterator[FormRow]:
    anchor = "parties"
    yield FormRow(f"{key}-name", _("名称"), party.name, anchor=anchor)
    yield FormRow(f"{key}-identity", _("统一社会信用代码"), party.identity, anchor=anchor)
    nature = _term("party_nature", party.nature)
    yield FormRow(f"{key}-nature", _("性质"), nature, party.nature, anchor)
    yield FormRow(f"{key}-country", _("国别"), party.country, anchor=anchor)
    place = _term("district", party.district)
    note = "" if place == party.district else place
    yield FormRow(f"{key}-district", _("行政区划代码"), party.district, note, anchor)
    yield FormRow(f"{key}-head", _("法定代表人"), party.legal_head, anchor=anchor)
    yield FormRow(f"{key}-contact", _("联系人"), party.contact_name, anchor=anchor)
    yield FormRow(f"{key}-phone", _("联系电话"), party.contact_phone, anchor=anchor)
    if party.share_bp is not None:
        share = f"{party.share_bp / 100:g}%"
        yield FormRow(f"{key}-share", _("所占份额"), share, anchor=anchor)


def _statistics(facts: OfficialFacts) -> Iterator[FormRow]:
    anchor = "official"
    yield FormRow("field", _("技术领域"), _term("field", facts.field), facts.field, anchor)
    industry = _term("economy", facts.industry)
    yield FormRow("industry", _("国民经济行业"), industry, facts.industry, anchor)
    yield FormRow("aim", _("社会经济目标"), _term("aim", facts.aim), facts.aim, anchor)
    plan = _term("plan_source", facts.plan_source)
    yield FormRow("plan_source", _("计划来源"), plan, anchor=anchor)
    yield FormRow("plan_number", _("计划项目编号"), facts.plan_number, anchor=anchor)
    kinds = "、".join(_term("ip_kind", code) for code in facts.ip_kinds)
    yield FormRow("ip_kinds", _("知识产权"), kinds, anchor=anchor)
    yield FormRow("ip_numbers", _("知识产权号"), facts.ip_numbers, anchor=anchor)
    yield FormRow("is_related", _("是否关联交易"), _yes(facts.is_related), anchor=anchor)
    unit = _("万元")
    invested, output = _wan(facts.new_investment_fen), _wan(facts.new_output_fen)
    yield FormRow("new_investment", _("预计新增投入"), invested, unit, anchor)
    yield FormRow("new_output", _("预计新增产值"), output, unit, anchor)


def _wan(fen: int | None) -> str:
    return in_wan(fen) if fen is not None else ""


def _day(day: Any) -> str:
    return day.isoformat() if day is not None else ""


def _yes(value: object) -> str:
    return _("是") if value else _("否")
