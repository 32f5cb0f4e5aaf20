"""The columns of the official register, by the headings that its sheets use, and how a cell of each is read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.deals.rulebook import OLD_TYPES, is_plausible, kind_of
from marketplace.kernel.codes import read_code
from marketplace.kernel.errors import InvalidInput
from marketplace.kernel.money import FEN_PER_WAN, MAX_FEN, MoneyError, parse_money
from marketplace.kernel.numerals import ascii_signs, ungrouped
from marketplace.listings.imports.cells import CellError, several_terms, terms_of, yes_no
from marketplace.registration.rulebook.numbers import BadNumber, read_number
from marketplace.sheets.headings import Wanted, plain, spellings
from marketplace.taxonomy import queries as taxonomy

_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?\Z", re.ASCII)
_SHORT_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_DIVISION = re.compile(r"^\d{2}\Z", re.ASCII)
_DIVISIONS_NAMED_AS_SECTIONS = {"房地产业": "K70", "教育": "P83", "国际组织": "T97"}
_DISTRICT = re.compile(r"^\d{6}\Z", re.ASCII)
#: 万元 with up to six decimals: whole fen.
_WAN = re.compile(r"^(\d{1,12})(?:\.(\d{1,6})0*)?\Z", re.ASCII)
#: Units by their word in a heading.
UNITS = {"万元": "wan", "元": "yuan"}
_UNIT = re.compile(r"[(（\[【](?:单位[:：]?)?(万元|元)[)）\]】]\s*\Z")


@dataclass(frozen=True)
class Column:
    """A column: its name here, its heading in the export, and further headings that mean the same."""

    name: str
    label: Any
    aliases: tuple[str, ...] = ()
    read: Callable[[str], Any] = field(default=lambda text: text)
    required: bool = False
    money: bool = False
    most: int = 0

    @property
    def names(self) -> set[str]:
        """Every heading that is known, as `plain` writes it, without a unit."""
        return {plain(str(self.label)), *map(plain, self.aliases)}


def _day(text: str) -> date:
    found = _DAY.match(text) or _SHORT_DAY.match(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not is_plausible(day):
        raise CellError(_("“%(text)s”不是日期，请写成 2026-11-03") % {"text": text[:20]})
    return day


def _number(text: str) -> str:
    try:
        return read_number(text).digits
    except BadNumber as error:
        raise CellError(str(error.args[0])) from error


def _kind(text: str) -> str:
    terms = terms_of("contract_type")
    if code := OLD_TYPES.get(text.strip().upper()) or terms.named(text):
        return code
    # All of them: the column often holds the big kind (技术开发), from which nobody can tell the kind.
    of_big = _kinds_within(terms_of("contract_class").named(text))
    if of_big:
        words = _("“%(text)s”是合同大类，请填具体类型：%(choices)s")
    else:
        words = _("“%(text)s”不是合同类型，可填：%(choices)s")
    raise CellError(words % {"text": text[:30], "choices": "、".join(of_big or terms.labels)})


def _kinds_within(big: str) -> list[str]:
    """The labels of the kinds of a big kind; none for ""."""
    return [row.names[0] for row in taxonomy.terms("contract_type") if big == kind_of(row.code)]


def _code(text: str) -> str:
    if not (code := read_code(text)).startswith("RD"):
        raise CellError(
            _("“%(text)s”不是登记申请的编号，形如 RD2026-7KQ4ZM-H") % {"text": text[:30]}
        )
    return code


def _term(scheme: str) -> Callable[[str], str]:
    return lambda text: terms_of(scheme).code(text)


def _sector(text: str) -> str:
    """国民经济行业 by code, by the two digits of its division, or by name; a division before its section."""
    known = terms_of("economy")
    if _DIVISION.match(text):
        found = [code for code in known.above if code.endswith(text)]
        return known.code(found[0] if found else text)
    return known.code(_DIVISIONS_NAMED_AS_SECTIONS.get(text, text))


def _district(text: str) -> str:
    if _DISTRICT.match(text):
        return text
    return terms_of("district").code(text)


COLUMNS: tuple[Column, ...] = (
    Column(
        "official_number",
        gettext_lazy("合同登记编号"),
        ("登记编号", "合同编号", "合同登记号"),
        _number,
        required=True,
    ),
    Column(
        "official_on", gettext_lazy("登记日期"), ("认定登记日期", "登记时间"), _day, required=True
    ),
    Column("title", gettext_lazy("项目名称"), ("合同名称",), required=True, most=200),
    Column(
        "contract_type",
        gettext_lazy("合同类型"),
        ("合同类别", "技术合同类型"),
        _kind,
        required=True,
    ),
    Column(
        "signed_on", gettext_lazy("签订日期"), ("合同签订日期", "签订时间"), _day, required=True
    ),
    Column("starts_on", gettext_lazy("合同有效期限起"), ("有效期起", "开始日期"), _day),
    Column("ends_on", gettext_lazy("合同有效期限止"), ("有效期止", "结束日期"), _day),
    Column(
        "total",
        gettext_lazy("合同成交额"),
        ("成交额", "合同金额", "合同交易总额"),
        required=True,
        money=True,
    ),
    Column("technical", gettext_lazy("技术交易额"), ("合同技术交易额",), required=True, money=True),
    Column("seller", gettext_lazy("卖方名称"), ("卖方", "让与方名称"), required=True, most=120),
    Column("seller_identity", gettext_lazy("卖方统一社会信用代码"), ("卖方代码",), most=40),
    Column("seller_nature", gettext_lazy("卖方性质"), (), _term("party_nature")),
    Column(
        "seller_district", gettext_lazy("卖方行政区划代码"), ("卖方地区", "卖方区划"), _district
    ),
    Column("buyer", gettext_lazy("买方名称"), ("买方", "受让方名称"), required=True, most=120),
    Column("buyer_identity", gettext_lazy("买方统一社会信用代码"), ("买方代码",), most=40),
    Column("buyer_nature", gettext_lazy("买方性质"), (), _term("party_nature")),
    Column("buyer_district", gettext_lazy("买方行政区划代码"), ("买方地区", "买方区划"), _district),
    Column("broker", gettext_lazy("中介方名称"), ("中介方",), most=120),
    Column("field", gettext_lazy("技术领域"), ("领域",), _term("field")),
    Column("industry", gettext_lazy("国民经济行业"), ("行业", "服务的国民经济行业"), _sector),
    Column("plan_source", gettext_lazy("计划来源"), ("计划类别",), _term("plan_source")),
    Column("aim", gettext_lazy("社会经济目标"), (), _term("aim")),
    Column("ip_kinds", gettext_lazy("知识产权类型"), ("知识产权",), several_terms("ip_kind")),
    Column("is_related", gettext_lazy("是否关联交易"), ("关联交易",), yes_no),
    # Ours, not of the official form: the last column of the export, which comes back with numbers.
    Column("code", gettext_lazy("本平台编号"), (), _code),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
_KNOWN = {name: column for column in reversed(COLUMNS) for name in column.names}


def unit_of(heading: str) -> str:
    """The unit that a heading names: "wan", "yuan", or ""."""
    found = _UNIT.search(heading.strip())
    return UNITS[found[1]] if found else ""


def bare(heading: str) -> str:
    """A heading without its unit, as `plain` writes it."""
    return plain(_UNIT.sub("", heading.strip()).strip(" *＊"))


def wanted(mapping: Mapping[str, str]) -> Wanted:
    """What the reader of sheets looks for: our headings with each unit, and the remembered ones."""
    units = [f"({word})" for word in UNITS]
    known = set(_KNOWN) | {f"{name}{unit}" for name in _KNOWN for unit in units} | set(mapping)
    needed = {n for n in known if _column(n, mapping) == "official_number"}
    return Wanted(frozenset(known), frozenset(needed))


def _column(heading: str, mapping: Mapping[str, str]) -> str:
    if plain(heading) in mapping:
        return mapping[plain(heading)]
    for name in (bare(heading), *spellings(heading)):
        if name in mapping:
            return mapping[name]
        if name in _KNOWN:
            return _KNOWN[name].name
    return ""


@dataclass(frozen=True)
class Layout:
    """Where a sheet has which column, in which unit its amounts are, and what is not read."""

    places: Mapping[int, Column]
    unit: str
    unread: Sequence[str]

    def place(self, name: str) -> int | None:
        """The place of a column, None when the sheet does not have it."""
        return next((place for place, one in self.places.items() if one.name == name), None)


def layout_of(headers: Sequence[str], mapping: Mapping[str, str], unit: str) -> Layout:
    """The layout of a sheet. Raises InvalidInput at `file` for doubled or missing columns, at `unit`.

    The unit in the heading decides; where the heading has none the chosen one does, and where neither says
    it the file is refused: nobody can tell 元 from 万元 by the figure.
    """
    places: dict[int, Column] = {}
    units, unread = set(), []
    for place, heading in enumerate(headers):
        name = _column(heading, mapping)
        if name not in BY_NAME:
            if heading and mapping.get(plain(heading)) != "":
                unread.append(heading[:40])
            continue
        if any(one.name == name for one in places.values()):
            text = _("“%(name)s”一列出现了两次，请只留一列")
            raise InvalidInput({"file": [text % {"name": BY_NAME[name].label}]})
        places[place] = BY_NAME[name]
        if BY_NAME[name].money and unit_of(heading):
            units.add(unit_of(heading))
    there = {one.name for one in places.values()}
    lacking = [str(one.label) for one in COLUMNS if one.required and one.name not in there]
    if lacking:
        text = _("没有找到这些列：%(names)s。请核对表头，或在下面指定对应的列")
        raise InvalidInput({"file": [text % {"names": "、".join(lacking)}]})
    if len(units) > 1:
        raise InvalidInput({"file": [_("两列金额的单位不同，请改为同一单位")]})
    said = units.pop() if units else ""
    if said and unit and said != unit:
        raise InvalidInput({"unit": [_("表头写明的金额单位与所选的不同，请核对")]})
    if not (said or unit):
        raise InvalidInput({"unit": [_("表头没有写金额单位，请选择“元”或“万元”")]})
    return Layout(places, said or unit, unread)


def amount(text: str, unit: str) -> int:
    """An amount in fen; in 万元 up to six decimals, as the national system prints them. Raises CellError."""
    if unit == "wan" and (found := _WAN.match(ungrouped(ascii_signs(text).strip()))):
        fen = int(found[1]) * FEN_PER_WAN + int((found[2] or "0").ljust(6, "0"))
        if fen > MAX_FEN:
            raise CellError(_("金额超出可登记的范围"))
        return fen
    try:
        return parse_money(text, unit=unit)
    except MoneyError as error:
        raise CellError(str(error.args[0])) from error


def layout_headings(headers: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """The headings of a sheet that no column is known for, as `plain` writes them, each once."""
    unknown = [plain(one) for one in headers if one and _column(one, mapping) not in BY_NAME]
    return list(dict.fromkeys(unknown))
