"""Thresholds, time limits and places of registration, each with its period and its source.

Periods are half-open: a value holds from `since` until the day before `until`. Amounts are fen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.money import FEN_PER_WAN

#: The first six digits of a district of the city: 临沂 3713 (GB/T 2260).
CITY = "3713"


@dataclass(frozen=True)
class Setting:
    """A value that law may change.

    `unverified` says what of it was not verified, `stricter` where the platform asks more than the source.
    """

    value: int
    source: Any
    since: date | None = None
    until: date | None = None
    unverified: Any = ""
    stricter: Any = ""


#: From this 成交额 on the province decides: the city's commission covers up to 1000 万元 (inclusive).
PROVINCE_ABOVE = (
    Setting(
        1_000 * FEN_PER_WAN,
        _("山东省 2020 年下放技术合同认定登记权限的通知（标的额 1000 万元以下由市级办理）"),
        since=date(2020, 1, 1),
        unverified=_("2026 年新办法施行后是否沿用，未核实"),
    ),
)
#: From this 成交额 on a second review is needed. The source speaks of the 技术交易额, which a seller may
#: set low by deductions that nobody has reviewed yet, and which is never more than the 成交额.
SECOND_REVIEW_FROM = (
    Setting(
        500 * FEN_PER_WAN,
        _(
            "《技术合同认定登记管理办法》（2024 年 12 月征求意见稿）：大额合同一般为技术交易额 500 万元以上"
        ),
        since=None,
        unverified=_("2026 年正式文本的数额未核实"),
        stricter=_("本平台按成交额比较，比该标准更严"),
    ),
)
#: Days before the end of validity from which the page warns.
EXPIRY_WARNING = (Setting(30, _("平台提示，非法规条文")),)
#: Days that the agreed price of a state-held result must have been published.
PUBLICITY_DAYS = (
    Setting(
        15,
        _("《山东省促进科技成果转化条例》第十四条：公示时间不少于十五日"),
    ),
)


def setting_on(rows: tuple[Setting, ...], day: date) -> Setting | None:
    """The setting that holds on a day, or None when there is none for that day."""
    for row in rows:
        if (row.since is None or row.since <= day) and (row.until is None or day < row.until):
            return row
    return None
