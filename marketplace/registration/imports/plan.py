"""What an import would do: each row of the sheet with what it becomes, or why it is skipped. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from marketplace.deals.workflow import Origin
from marketplace.kernel import clock
from marketplace.listings.imports.cells import CellError
from marketplace.registration.imports.columns import BY_NAME, COLUMNS, Column, Layout, amount
from marketplace.registration.imports.likeness import (
    BY_CODE,
    UNLIKE,
    agrees,
    has_party,
    likeness,
)
from marketplace.registration.models import Filing
from marketplace.registration.workflow import AWAITING_NUMBER, COUNTED
from marketplace.sheets.cells import fault_of
from marketplace.sheets.headings import plain
from marketplace.sheets.limits import Row

CREATE, REGISTER, UPDATE, SAME, SKIP = "created", "registered", "updated", "unchanged", "skipped"
OUTCOMES = (CREATE, REGISTER, UPDATE, SAME, SKIP)
_TOTALS = ("合计", "总计", "小计", "总和", "total")
#: Fen. A register whose median contract is above 1 亿元, or below 1,000 元, was read in the wrong unit.
_HIGH, _LOW = 10_000_000_000, 100_000
_ENOUGH = 3
_AT_ONCE = 500

#: Columns of the row that are columns of the contract too.
OF_CONTRACT = (
    *("starts_on", "ends_on", "field", "industry", "plan_source", "aim", "ip_kinds", "is_related"),
)


@dataclass
class Planned:
    """A row of the sheet: its number there, its values, what it becomes, and what is wrong by column.

    `filing` and `rev` are those of the registration that it meets, as they were when the plan was made.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    outcome: str = SKIP
    reasons: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    filing: int = 0
    rev: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON-like data, days as text."""
        found = asdict(self)
        found["values"] = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.values.items()
        }
        return found

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Planned":
        """The other way round."""
        row = cls(**said)
        row.reasons = [(column, text) for column, text in row.reasons]
        row.values = {
            name: date.fromisoformat(value) if name in _DAYS and value else value
            for name, value in row.values.items()
        }
        return row


_DAYS = frozenset({"official_on", "signed_on", "starts_on", "ends_on"})


@dataclass
class Plan:
    """The rows of a sheet, and what a person should know before they are carried out."""

    rows: list[Planned]
    remarks: list[str]

    @property
    def counts(self) -> dict[str, int]:
        """Rows read and by outcome: read = created + registered + updated + unchanged + skipped."""
        found = Counter(row.outcome for row in self.rows)
        return {"read": len(self.rows), **{name: found.get(name, 0) for name in OUTCOMES}}


def plan_of(
    rows: Sequence[Row], layout: Layout, *, book: str, beat: Any = lambda _done: None
) -> Plan:
    """Judge every row of a sheet. `beat(done)` is called now and then."""
    planned, totals = [], []
    for number, cells in rows:
        found = _total_of(number, cells, layout)
        if found is not None:
            totals.append(found)
            planned.append(found.row)
            continue
        planned.append(_row(number, cells, layout))
        if len(planned) % 500 == 0:
            beat(len(planned))
    _note_doubles(planned)
    _meet(planned, book)
    remarks = [*_wrong_totals(planned, totals, layout), *_implausible(planned, layout)]
    return Plan(planned, remarks)


# --- one row ----------------------------------------------------------------------------------
def _row(number: int, cells: Sequence[str], layout: Layout) -> Planned:
    row = Planned(number)
    for place, column in layout.places.items():
        text = cells[place] if place < len(cells) else ""
        if not text:
            if column.required:
                row.reasons.append((str(column.label), _("未填写")))
            continue
        if fault := fault_of(text):
            row.reasons.append((str(column.label), fault))
            continue
        try:
            row.values[column.name] = _read(column, text, layout.unit)
        except CellError as error:
            row.reasons.append((str(column.label), str(error)))
    _check(row)
    return row


def _read(column: Column, text: str, unit: str) -> Any:
    if column.money:
        return amount(text, unit)
    if column.most and len(text) > column.most:
        raise CellError(_("最多 %(most)d 个字") % {"most": column.most})
    return column.read(text)


def _check(row: Planned) -> None:
    """What two cells of a row say together."""
    values = row.values
    total, technical = values.get("total"), values.get("technical")
    if total is not None and technical is not None and technical > total:
        row.reasons.append((str(BY_NAME["technical"].label), _("技术交易额大于合同成交额")))
    signed, on = values.get("signed_on"), values.get("official_on")
    label = str(BY_NAME["official_on"].label)
    if on is not None and on > clock.today():
        row.reasons.append((label, _("登记日期晚于今天")))
    if signed is not None and on is not None and on < signed:
        row.reasons.append((label, _("登记日期早于签订日期")))
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts is not None and ends is not None and ends < starts:
        row.reasons.append((str(BY_NAME["ends_on"].label), _("结束日期早于开始日期")))


def _note_doubles(rows: Iterable[Planned]) -> None:
    """Of two rows with one number neither is known to be right; the first stays, the second is named."""
    first: dict[str, int] = {}
    for row in rows:
        number = row.values.get("official_number")
        if not number:
            continue
        if number in first:
            text = _("与第 %(row)d 行的登记编号相同") % {"row": first[number]}
            row.reasons.append((str(BY_NAME["official_number"].label), text))
        else:
            first[number] = row.number


# --- what there is already --------------------------------------------------------------------
def _meet(rows: Sequence[Planned], book: str) -> None:
    good = [row for row in rows if not row.reasons]
    claims: dict[int, list[tuple[int, Planned]]] = {}
    filings: dict[int, Filing] = {}
    for start in range(0, len(good), _AT_ONCE):
        part = good[start : start + _AT_ONCE]
        near = _Near(part, book)
        for row in part:
            sure, filing = _met(row, near)
            if filing is not None:
                claims.setdefault(filing.pk, []).append((sure, row))
                filings[filing.pk] = filing
    for key, claimants in claims.items():
        _give(filings[key], claimants)


class _Near:
    """The filings that some rows may be of, by number, by code, by reported number, and by day of signature."""

    def __init__(self, rows: Sequence[Planned], book: str) -> None:
        numbers = [row.values["official_number"] for row in rows]
        self.known = {
            one.official_number: one for one in _filings(official_number__in=numbers, book=book)
        }
        codes = [row.values["code"] for row in rows if row.values.get("code")]
        self.coded = {one.code: one for one in _filings(code__in=codes, book=book)}
        self.reported: dict[str, list[Filing]] = {}
        self.signed: dict[date, list[Filing]] = {}
        days = {row.values["signed_on"] for row in rows if not row.values.get("code")}
        waiting = Q(reported_number__in=numbers) | Q(contract__signed_on__in=days)
        for one in _filings(waiting, book=book, status__in=sorted(AWAITING_NUMBER)):
            if one.reported_number:
                self.reported.setdefault(one.reported_number, []).append(one)
            if one.contract.signed_on is not None:
                self.signed.setdefault(one.contract.signed_on, []).append(one)


def _filings(*conditions: Q, **wanted: Any) -> Any:
    rows = Filing.objects.filter(*conditions, **wanted).order_by("id")
    return rows.select_related("contract").prefetch_related("contract__parties__organization")


def _met(row: Planned, near: _Near) -> tuple[int, Filing | None]:
    """Judge a row. A filing that it would register is returned, with how surely it is that of the row."""
    values = row.values
    number, code = values["official_number"], values.get("code", "")
    if number in near.known:
        filing = near.known[number]
        if code and code != filing.code:
            text = _("%(code)s 已使用这个编号，与本行的本平台编号不同，请先核对")
            _refuse(row, text % {"code": filing.code})
        else:
            _compare(row, filing)
        return UNLIKE, None
    if code:
        return BY_CODE, _coded(row, near)
    if number in near.reported:
        return BY_CODE, _answered(row, near.reported[number])
    return _guessed(row, near)


def _coded(row: Planned, near: _Near) -> Filing | None:
    """The filing whose code the row has, as the export of approved filings prints it."""
    values, filing = row.values, near.coded.get(row.values["code"])
    reporters = [one.code for one in near.reported.get(values["official_number"], ())]
    if filing is None:
        text = _("没有找到这份登记申请")
    elif filing.official_number is not None:
        text = _(
            "本平台记录的登记编号是 %(number)s，与本行不同：若以本表为准，请在登记工作台办理变更登记，"
            "更正登记编号后再导入"
        ) % {"number": filing.official_number}
    elif filing.status not in AWAITING_NUMBER:
        text = _("本平台记录为“%(state)s”，请在登记工作台处理") % {
            "state": filing.get_status_display()
        }
    elif any(code != filing.code for code in reporters):
        text = _("%(codes)s 报告了本行的登记编号，请先在登记工作台核对") % {
            "codes": "、".join(reporters)
        }
    elif not agrees(filing.contract, values):
        text = _("卖方、签订日期或项目名称与这份登记申请不符，请核对")
    else:
        return filing
    _refuse(row, text, "code")
    return None


def _refuse(row: Planned, text: str, column: str = "official_number") -> None:
    row.reasons.append((str(BY_NAME[column].label), text))


def _answered(row: Planned, reporters: Sequence[Filing]) -> Filing | None:
    """A reported number is what a seller says: the rest of the row must be of its contract too."""
    codes = "、".join(one.code for one in reporters)
    if len(reporters) > 1:
        text = _("%(codes)s 都报告了这个编号，请先在登记工作台核对")
    elif not agrees(reporters[0].contract, row.values):
        text = _(
            "%(codes)s 报告了这个编号，但卖方、签订日期或项目名称与本行不符，请在登记工作台核对"
        )
    else:
        return reporters[0]
    _refuse(row, text % {"codes": codes})
    return None


def _guessed(row: Planned, near: _Near) -> tuple[int, Filing | None]:
    """The filing that waits for a number and has the seller, the day and the title or amount of the row.

    Without this the contract would be counted as a new one and stay on the desk for ever.
    """
    found = [
        (likeness(one.contract, row.values), one)
        for one in near.signed.get(row.values["signed_on"], ())
    ]
    best = max((sure for sure, _one in found), default=UNLIKE)
    alike = [one for sure, one in found if sure == best]
    if best == UNLIKE:
        _decide(row, CREATE)
        return UNLIKE, None
    said = {"codes": "、".join(one.code for one in alike)}
    if len(alike) > 1:
        text = _(
            "%(codes)s 都在等待登记编号，卖方、签订日期和项目名称或成交额与本行相符："
            "请在“本平台编号”一列写明是哪一份"
        )
    elif alike[0].reported_number:
        said["number"] = alike[0].reported_number
        text = _(
            "本行与 %(codes)s 相符，但卖方报告的登记编号是 %(number)s：请核对后在“本平台编号”一列写明"
        )
    else:
        return best, alike[0]
    _refuse(row, text % said)
    return UNLIKE, None


def _decide(row: Planned, outcome: str) -> None:
    row.outcome = outcome


def _give(filing: Filing, claimants: Sequence[tuple[int, Planned]]) -> None:
    """Of several rows of one filing only the surest is carried out; of equally sure ones none."""
    best = max(sure for sure, _row in claimants)
    surest = [row for sure, row in claimants if sure == best]
    for _sure, row in claimants:
        if len(surest) == 1 and row is surest[0]:
            _decide(row, REGISTER)
            row.filing, row.rev = filing.pk, filing.rev
            continue
        others = "、".join(str(one.number) for _one, one in claimants if one is not row)
        text = _("与第 %(rows)s 行都对应 %(code)s：请在“本平台编号”一列写明是哪一行")
        _refuse(row, text % {"rows": others, "code": filing.code})


def _compare(row: Planned, filing: Filing) -> None:
    row.filing, row.rev = filing.pk, filing.rev
    label = str(BY_NAME["official_number"].label)
    if conflict := _conflict(row, filing):
        row.reasons.append((label, conflict))
        return
    if filing.status not in COUNTED:
        text = _("本平台记录为“%(state)s”，请在登记工作台处理")
        row.reasons.append((label, text % {"state": filing.get_status_display()}))
        return
    if row.values["official_on"] != filing.official_on:
        text = _(
            "登记日期与本平台记录的 %(day)s 不同：若以本表为准，请在登记工作台对 %(code)s 办理变更登记，"
            "更正登记日期后再导入"
        ) % {"day": filing.official_on, "code": filing.code}
        row.reasons.append((str(BY_NAME["official_on"].label), text))
        return
    changed = changes(row, filing)
    row.outcome = UPDATE if changed else SAME
    row.notes = changed


def _conflict(row: Planned, filing: Filing) -> str:
    """Why the registration with the number of the row is another contract's; "" when it is not.

    A number that a buyer noted as registered elsewhere, or that stands at other parties, takes over nothing.
    In an imported contract one of both parties may be renamed.
    """
    contract, code = filing.contract, {"code": filing.code}
    is_imported = contract.origin == Origin.IMPORT
    if filing.registered_elsewhere and not is_imported:
        return _("%(code)s 已由买方作为外地登记填报了这个编号，请先在登记工作台核对") % code
    sides = ("seller", "buyer") if is_imported else ("seller",)
    if any(has_party(contract, side, row.values) for side in sides):
        return ""
    return _("%(code)s 已使用这个编号，但合同各方与本行不符，请先核对") % code


def changes(row: Planned, filing: Filing) -> list[str]:
    """The labels of the columns in which a row differs from what is known.

    Of a contract that was drafted here only what the register decides counts.
    """
    contract, values = filing.contract, row.values
    pairs: dict[str, Any] = {
        "contract_type": filing.recognised_type,
        "total": filing.recognised_total_fen,
        "technical": filing.recognised_technical_fen,
    }
    if contract.origin == Origin.IMPORT:
        pairs |= {"title": contract.title, "signed_on": contract.signed_on}
        pairs |= {name: getattr(contract, name) for name in OF_CONTRACT if name in values}
        pairs |= _party_values(contract, values)
    return [str(BY_NAME[name].label) for name, known in pairs.items() if values.get(name) != known]


def _party_values(contract: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the parties, under the names of the columns that the sheet has."""
    found: dict[str, Any] = {}
    for side in ("seller", "buyer", "broker"):
        party = next((one for one in contract.parties.all() if one.side == side), None)
        known = {
            side: party.name if party else "",
            f"{side}_identity": party.identity if party else "",
            f"{side}_nature": party.nature if party else "",
            f"{side}_district": party.district if party else "",
        }
        found |= {name: value for name, value in known.items() if name in values}
    return found


# --- totals and units -------------------------------------------------------------------------
@dataclass
class _Total:
    row: Planned
    amounts: dict[str, int]
    said: dict[str, str]


def _total_of(number: int, cells: Sequence[str], layout: Layout) -> _Total | None:
    """A row of totals: it has no number, and its first text says 合计."""
    place = layout.place("official_number")
    first = next((text for text in cells if text), "")
    is_total = plain(first).strip(":：").startswith(tuple(map(plain, _TOTALS)))
    has_number = place is not None and place < len(cells) and cells[place] not in ("", first)
    if not is_total or has_number:
        return None
    amounts, said = {}, {}
    for name in ("total", "technical"):
        at = layout.place(name)
        text = cells[at] if at is not None and at < len(cells) else ""
        try:
            amounts[name] = amount(text, layout.unit)
            said[name] = text
        except CellError:
            continue
    row = Planned(number, reasons=[("", _("合计行，不是合同"))])
    return _Total(row, amounts, said)


def _wrong_totals(
    rows: Sequence[Planned], totals: Sequence[_Total], layout: Layout
) -> Iterator[str]:
    """Printed totals that are not the sum of the rows above: named, and never corrected.

    A total counts all rows above it, or those since the total before.
    """
    since = 0
    for total in totals:
        for name, printed in total.amounts.items():
            above = [row for row in rows if row.number < total.row.number]
            whole = sum(row.values.get(name, 0) for row in above)
            part = sum(row.values.get(name, 0) for row in above if row.number > since)
            if printed in (whole, part):
                continue
            text = _(
                "第 %(row)d 行“%(label)s”印的合计是 %(printed)s，各行之和是 %(sum)s，"
                "相差 %(gap)s（%(unit)s）；各行照常导入，合计不作更正，请向出表单位核实"
            )
            near = min((whole, part), key=lambda one: abs(one - printed))
            yield text % {
                "row": total.row.number,
                "label": BY_NAME[name].label,
                "printed": total.said[name],
                "sum": shown(near, layout.unit),
                "gap": shown(abs(near - printed), layout.unit),
                "unit": _("万元") if layout.unit == "wan" else _("元"),
            }
        since = total.row.number


def shown(fen: int, unit: str) -> str:
    """An amount in the unit of the sheet, exact, without trailing zeros."""
    size, places = (1_000_000, 6) if unit == "wan" else (100, 2)
    whole, rest = divmod(fen, size)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".")


def _implausible(rows: Sequence[Planned], layout: Layout) -> Iterator[str]:
    """Remarks on a unit that was read wrongly (元 as 万元, or the other way round): the median tells."""
    amounts = [row.values["total"] for row in rows if row.values.get("total")]
    if len(amounts) < _ENOUGH:
        return
    middle = int(median(amounts))
    if layout.unit == "wan" and middle > _HIGH:
        yield _(
            "按“万元”读取，成交额的中位数是 %(amount)s 万元，不合常理：表中的数字可能是以“元”为单位，请核对"
        ) % {"amount": shown(middle, "wan")}
    if layout.unit == "yuan" and middle < _LOW:
        yield _(
            "按“元”读取，成交额的中位数是 %(amount)s 元，不合常理：表中的数字可能是以“万元”为单位，请核对"
        ) % {"amount": shown(middle, "yuan")}


def problems(rows: Iterable[Planned]) -> Iterator[dict[str, Any]]:
    """What is wrong, by row and column."""
    for row in rows:
        for column, text in row.reasons:
            yield {"row": row.number, "column": column, "text": text}


HEADINGS = [str(column.label) for column in COLUMNS]
