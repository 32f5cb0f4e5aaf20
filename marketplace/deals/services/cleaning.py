"""Reads the values of one section of a contract. The page and the API send the same typed values.

A section has columns, and lists of rows. Errors are collected by field; a field of a row is named
`list.index.field`, counted from 0.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.deals import rulebook
from marketplace.deals.rulebook import currencies
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import MAX_FEN
from marketplace.taxonomy.queries import is_valid

MAX_ROWS = 30
MAX_PARTIES = 20
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_DISTRICT = re.compile("[0-9]{6}")
_COUNTRY = re.compile("[A-Z]{3}")


@dataclass
class Reader:
    """Collects columns and errors while the values of one section are read."""

    given: Mapping[str, Any]
    prefix: str = ""
    columns: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[object]] = field(default_factory=dict)

    def wrong(self, name: str, reason: object) -> None:
        """Record an error at a field."""
        self.errors.setdefault(f"{self.prefix}{name}", []).append(reason)

    def text(self, name: str, most: int, *, required: object = "") -> str:
        """Text without control characters; `required` is the sentence when it is empty."""
        value = _CONTROL.sub("", str(self.given.get(name) or "")).strip()
        if not value and required:
            self.wrong(name, required)
        elif len(value) > most:
            self.wrong(name, _("最多 %(most)d 个字") % {"most": most})
        self.columns[name] = value[:most]
        return value

    def code(self, name: str, scheme: str, *, required: bool = False) -> str:
        """A code of a scheme of the taxonomy."""
        value = str(self.given.get(name) or "").strip()
        if (value or required) and not is_valid(scheme, value):
            self.wrong(name, _("请从列表中选择"))
            value = ""
        self.columns[name] = value
        return value

    def codes(self, name: str, scheme: str) -> None:
        """Several codes of a scheme, each once."""
        given = self.given.get(name) or []
        values = [given] if isinstance(given, str) else list(given)
        if not all(isinstance(row, str) and is_valid(scheme, row) for row in values):
            self.wrong(name, _("请从列表中选择"))
            values = []
        self.columns[name] = list(dict.fromkeys(values))

    def flag(self, name: str) -> bool:
        """Yes or no."""
        self.columns[name] = bool(self.given.get(name))
        return bool(self.columns[name])

    def day(self, name: str, *, required: object = "") -> date | None:
        """A day that can be meant: from 1987 to 2100."""
        value = self.given.get(name)
        if isinstance(value, str) and value:
            try:
                value = date.fromisoformat(value)
            except ValueError:
                self.wrong(name, _("请按“年-月-日”填写日期"))
                value = None
        day = value if isinstance(value, date) else None
        if day is None and required and f"{self.prefix}{name}" not in self.errors:
            self.wrong(name, required)
        if day is not None and not rulebook.is_plausible(day):
            self.wrong(name, _("日期应在 1987 年至 2100 年之间"))
            day = None
        self.columns[name] = day
        return day

    def fen(self, name: str, *, least: int = 0, required: object = "") -> int | None:
        """An amount in fen, a whole number: no float, no text."""
        value = self.given.get(name)
        if value is None or value == "":
            if required:
                self.wrong(name, required)
            value = None
        elif isinstance(value, bool) or not isinstance(value, int):
            self.wrong(name, _("金额应为以分计的整数"))
            value = None
        elif not least <= value <= MAX_FEN:
            self.wrong(
                name,
                _("金额不能为负数") if value < 0 else _("金额超出可登记的范围"),
            )
            value = None
        self.columns[name] = value
        return value

    def rows(
        self, name: str, read: Callable[["Reader"], None], most: int = MAX_ROWS
    ) -> list[dict[str, Any]]:
        """The rows of a list, each read by `read`. Errors of a row stand at `name.index.field`."""
        given = self.given.get(name) or []
        if not isinstance(given, Sequence) or isinstance(given, str):
            self.wrong(name, _("应为列表"))
            return []
        if len(given) > most:
            self.wrong(name, _("最多 %(most)d 行") % {"most": most})
            return []
        found = []
        for index, row in enumerate(given):
            if not isinstance(row, Mapping):
                self.wrong(name, _("应为列表"))
                continue
            reader = Reader(row, f"{self.prefix}{name}.{index}.")
            read(reader)
            for key, reasons in reader.errors.items():
                self.errors.setdefault(key, []).extend(reasons)
            found.append(reader.columns)
        return found

    def check(self) -> None:
        """Raises InvalidInput when anything was wrong."""
        if self.errors:
            raise InvalidInput(self.errors)


# --- sections ---------------------------------------------------------------------------------
def read_basics(reader: Reader) -> None:
    """Title, type, subject, period, place."""
    reader.text("title", 200, required=_("请填写项目名称"))
    reader.code("contract_type", "contract_type")
    reader.text("subject_text", 10_000)
    reader.text("place", 100)
    starts_on, ends_on = reader.day("starts_on"), reader.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        reader.wrong("ends_on", _("结束日期不能早于开始日期"))


def read_acceptance(reader: Reader) -> None:
    """The indicators of acceptance; a row needs a name and a target."""

    def read(row: Reader) -> None:
        row.text("name", 60, required=_("请填写指标名称"))
        row.text("target", 60, required=_("请填写指标要求"))
        row.text("unit", 20)
        row.text("method", 100)

    reader.columns["acceptance"] = reader.rows("acceptance", read)


def read_official(reader: Reader) -> None:
    """What the registration form asks for besides."""
    reader.code("field", "field")
    reader.code("industry", "economy")
    reader.code("plan_source", "plan_source")
    reader.text("plan_number", 60)
    reader.code("aim", "aim")
    reader.codes("ip_kinds", "ip_kind")
    if "none" in reader.columns["ip_kinds"] and len(reader.columns["ip_kinds"]) > 1:
        reader.wrong("ip_kinds", _("选择“未涉及”时不能再选其他类型"))
    reader.text("ip_numbers", 500)
    for name in ("is_related", "is_state_held", "is_equity"):
        reader.flag(name)
    reader.fen("new_investment_fen")
    reader.fen("new_output_fen")


def read_money(reader: Reader) -> None:
    """Total or foreign amount with its rate, mode of payment. Instalments are read beside it."""
    currency = str(reader.given.get("currency") or currencies.HOME)
    reader.columns |= {"currency": currency, "foreign_amount": None, "rate_text": ""}
    reader.columns["rate_on"] = None
    if currency not in currencies.MINOR:
        reader.wrong("currency", _("请从列表中选择"))
        reader.columns["currency"] = currencies.HOME
    elif currency == currencies.HOME:
        reader.fen("amount_total_fen")
    else:
        _read_foreign(reader, currency)
    estimate = reader.flag("amount_is_estimate")
    mode = reader.code("payment_mode", "payment_mode")
    royalty = mode.startswith("royalty")
    reader.code("royalty_base", "royalty_base", required=royalty)
    reader.text("royalty_note", 500)
    reader.fen("entry_fee_fen", required=_("请填写入门费") if mode == "royalty_entry" else "")
    if royalty and reader.columns.get("amount_total_fen") is not None and not estimate:
        reader.wrong("amount_is_estimate", _("提成支付的金额是预计数，请勾选“金额为预计”"))
    entry, total = reader.columns["entry_fee_fen"], reader.columns.get("amount_total_fen")
    if entry is not None and total is not None and entry > total:
        reader.wrong("entry_fee_fen", _("入门费不能超过合同成交额"))
    reader.text("deposit_text", 500)


def _read_foreign(reader: Reader, currency: str) -> None:
    value = reader.given.get("foreign_amount")
    if value is None or isinstance(value, bool) or not isinstance(value, int):
        reader.wrong("foreign_amount", _("请填写外币金额"))
        value = None
    elif not 0 <= value <= MAX_FEN:
        reader.wrong(
            "foreign_amount", _("金额不能为负数") if value < 0 else _("金额超出可登记的范围")
        )
        value = None
    rate = str(reader.given.get("rate_text") or "").strip()
    if not rate:
        reader.wrong("rate_text", _("外币合同请填写汇率"))
    elif not currencies.is_rate(rate):
        reader.wrong("rate_text", _("汇率应为大于 0 的数字，最多 8 位小数"))
        rate = ""
    reader.day("rate_on", required=_("请填写汇率日期"))
    reader.columns |= {"foreign_amount": value, "rate_text": rate}
    total = currencies.to_fen(value, currency, rate) if value is not None and rate else None
    if total is not None and total > MAX_FEN:
        reader.wrong("foreign_amount", _("金额超出可登记的范围"))
        total = None
    reader.columns["amount_total_fen"] = total


def read_instalments(reader: Reader) -> list[dict[str, Any]]:
    """Planned payments. Their sum is not more than the total, where that is known and no estimate."""

    def read(row: Reader) -> None:
        row.text("what", 200)
        row.day("due_on")
        row.fen("amount_fen", least=1, required=_("请填写金额"))

    rows = reader.rows("instalments", read)
    total = reader.columns.get("amount_total_fen")
    if total is not None and sum(row["amount_fen"] or 0 for row in rows) > total:
        reader.wrong("instalments", _("各期付款合计超过了合同成交额"))
    return rows


def read_deductions(reader: Reader, total_fen: int | None) -> list[dict[str, Any]]:
    """The worksheet. Needs a total; what is left is 技术交易额."""

    def read(row: Reader) -> None:
        row.code("kind", "deduction_kind", required=True)
        row.fen("amount_fen", least=1, required=_("请填写金额"))
        row.text("note", 200)

    rows = reader.rows("deductions", read)
    spent = sum(row["amount_fen"] or 0 for row in rows)
    if rows and total_fen is None:
        reader.wrong("deductions", _("请先填写合同成交额"))
    elif total_fen is not None and spent > total_fen:
        reader.wrong("deductions", _("扣除合计超过了合同成交额，技术交易额不能为负数"))
    return rows


def read_milestones(reader: Reader) -> list[dict[str, Any]]:
    """The steps of performance."""

    def read(row: Reader) -> None:
        row.text("what", 200, required=_("请填写节点内容"))
        row.day("due_on")

    return reader.rows("milestones", read)


def read_place_of_party(row: Reader) -> None:
    """Nature, district, country, head and contact of a party: also corrected after signature."""
    row.code("nature", "party_nature")
    district = row.text("district", 6)
    if district and not _DISTRICT.fullmatch(district):
        row.wrong("district", _("行政区划代码应为 6 位数字"))
    row.columns["country"] = str(row.given.get("country") or "CHN").strip().upper()[:3]
    if not _COUNTRY.fullmatch(row.columns["country"]):
        row.wrong("country", _("国别代码应为 3 位字母"))
    row.text("legal_head", 60)
    row.text("contact_name", 60)
    row.text("contact_phone", 32)


def share_bp(row: Reader) -> None:
    """A share in basis points: 3333 is 33.33 %."""
    value = row.given.get("share_bp")
    if value in (None, ""):
        value = None
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10_000:
        row.wrong("share_bp", _("份额应大于 0、不超过 100%，最多两位小数"))
        value = None
    row.columns["share_bp"] = value


def basis_points(text: str) -> int:
    """Basis points of a percentage such as "33.33". Raises ValueError for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    scaled = value * 100
    if "e" in text.lower() or not value.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(text)
    return int(scaled)


def wrong_shares(sides: Mapping[str, Sequence[int | None]]) -> Collection[str]:
    """The sides whose shares do not sum to 100 %."""
    return [side for side, shares in sides.items() if shares and not rulebook.shares_fit(shares)]
