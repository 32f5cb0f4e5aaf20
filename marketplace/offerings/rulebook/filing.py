"""The thresholds of the provincial filing (备案) of technology-transfer bodies, as data with a date.

The province files, a city only records number and year. Nobody needs a filing to offer services here, so
nothing but the self-check reads these figures. A new notice is one more entry; older ones stay, since a
filing is judged by the notice of its year. Amounts in fen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.money import FEN_PER_WAN

#: The kind of body (code list `filing_kind`) that is a department of a legal person, such as a university.
INNER = "inner"
#: Filings before this year were not found in any source.
FIRST_YEAR = 2015


@dataclass(frozen=True)
class Thresholds:
    """What a body must have reached in the year before, from a day on.

    `turnover` is of the technology deals that it brought about, `income` what it earned as intermediary.
    Bodies inside a legal person have a turnover of their own and no income to show.
    """

    effective_from: date
    source: Any
    text: Any
    turnover: int
    income: int
    inner_turnover: int


#: By the day from which they hold, the oldest first.
THRESHOLDS = (
    Thresholds(
        effective_from=date(2025, 1, 1),
        source=_("山东省技术转移服务机构备案通知（2025 年）"),
        text=_(
            "法人机构上一年度促成技术交易成交额不少于 300 万元，且中介服务收入不少于 30 万元；"
            "高校、院所等法人内设机构上一年度促成技术交易成交额不少于 1000 万元。"
            "优先以三方合同，或交易合同加中介合同作证明；关联单位之间的交易不计入。"
        ),
        turnover=300 * FEN_PER_WAN,
        income=30 * FEN_PER_WAN,
        inner_turnover=1000 * FEN_PER_WAN,
    ),
)


@dataclass(frozen=True)
class Line:
    """One figure beside what is needed; `lacking` is the rest, 0 when it is met."""

    label: Any
    figure: int
    needed: int

    @property
    def lacking(self) -> int:
        """How much is missing."""
        return max(0, self.needed - self.figure)


@dataclass(frozen=True)
class Check:
    """The thresholds that were asked about and each figure beside them."""

    thresholds: Thresholds
    lines: tuple[Line, ...]

    @property
    def is_met(self) -> bool:
        """Whether every figure is reached."""
        return not any(line.lacking for line in self.lines)


def thresholds_on(day: date) -> Thresholds | None:
    """The thresholds that hold on this day; None before the first that is known."""
    known = [entry for entry in THRESHOLDS if entry.effective_from <= day]
    return known[-1] if known else None


def check_filing(kind: str, *, turnover: int, income: int, day: date) -> Check | None:
    """Compare the figures of the year before with the thresholds of this day, in fen. None without any."""
    thresholds = thresholds_on(day)
    if thresholds is None:
        return None
    deals = _("促成技术交易成交额")
    if kind == INNER:
        return Check(thresholds, (Line(deals, turnover, thresholds.inner_turnover),))
    lines = (
        Line(deals, turnover, thresholds.turnover),
        Line(_("中介服务收入"), income, thresholds.income),
    )
    return Check(thresholds, lines)
