"""What each figure means: versioned texts that stand beside the figures, and the figures of the plan.

A text that changes is added with a later day, never replaced: an old issue keeps the text of its time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

FEN_PER_YI = 10_000_000_000


@dataclass(frozen=True)
class Definition:
    """The meaning of a figure from a day on, in Chinese and English."""

    code: str
    version: int
    valid_from: date
    text: str
    text_en: str

    @property
    def shown(self) -> str:
        """The text in the reader's language."""
        return self.text_en if (get_language() or "").startswith("en") else self.text


_FIRST = date(2026, 11, 1)
DEFINITIONS = (
    Definition(
        "turnover",
        1,
        _FIRST,
        "成交额：经认定登记的技术合同的合同成交总额，按记账月份计入，变更和注销、撤销在办理当月核减。"
        "已结账月份的数字不再改动。",
        "Turnover: the total amount of registered technology contracts, counted in the month of posting. "
        "Changes, cancellations and revocations are deducted in the month in which they are made. "
        "The figures of closed months do not change.",
    ),
    Definition(
        "technical",
        1,
        _FIRST,
        "技术交易额：从合同成交总额中扣除购置设备、仪器、零部件、原材料等非技术性费用后的剩余金额。",
        "Technology amount: the total less equipment, instruments, parts, materials and other costs that are "
        "no price of technology.",
    ),
    Definition(
        "contracts",
        1,
        _FIRST,
        "项数：登记的合同数，已扣除注销和撤销的合同。",
        "Contracts: the number registered, without those cancelled or revoked.",
    ),
    Definition(
        "flow",
        1,
        _FIRST,
        "输出指卖方在本市的合同，吸纳指买方在本市的合同，本地交易指双方都在本市的合同。"
        "本地交易同时计入输出和吸纳，三个数字不能相加。",
        "Sold: the seller is in the city. Bought: the buyer is. Local: both are, so local contracts are "
        "counted in both, and the three figures must not be added up.",
    ),
    Definition(
        "elsewhere",
        1,
        _FIRST,
        "外地登记的吸纳：卖方在外地、由卖方所在地登记的本市买方合同，只计入吸纳，不计入成交额。"
        "这类合同没有记账分录，更正不留前后数字，因此只在工作台统计，不对外公布。",
        "Bought and registered elsewhere: contracts of local buyers that were registered where the seller is. "
        "They count as bought and not in the turnover. They have no ledger entries, so that a correction leaves "
        "no trail; they are counted in the workbench alone and not published.",
    ),
    Definition(
        "single",
        1,
        _FIRST,
        "单项合同：不公布任何单项合同的名称、当事方和金额，平台也不提供公布单项合同的功能。",
        "Single contracts: no name, party or amount of a single contract is published, and the platform has no "
        "way to publish one.",
    ),
    Definition(
        "daily",
        1,
        _FIRST,
        "为保护单项合同的价格，全市累计数每满三项合同才更新一次；分项数字只公布已结账月份，"
        "合同不足三项或一方占比超过 70% 的分项不单列。",
        "To protect the price of single contracts, the city's total moves when at least three contracts are new. "
        "Breakdowns cover closed months; cells of fewer than three contracts, or with one party above 70 %, "
        "are not shown.",
    ),
    Definition(
        "pace",
        1,
        _FIRST,
        "进度：按往年各月累计成交额占全年的平均比重推算，不按天数平均。",
        "Pace: the mean cumulative share of each month in past years, not a straight line.",
    ),
    Definition(
        "origin",
        1,
        _FIRST,
        "来源明确的成交额：合同的需求、成果或对接来源已由当事方或登记员确认的部分。",
        "Turnover of known origin: contracts whose need, achievement or introduction a party or the registrar "
        "has confirmed.",
    ),
    Definition(
        "origin",
        2,
        date(2026, 11, 29),
        "来源明确的成交额：由本平台的意向、咨询、需求或成果起草的合同，以及来源已由当事方或登记员确认的合同。",
        "Turnover of known origin: contracts that were begun here from an intent, an enquiry, a need or an "
        "achievement, and contracts whose origin a party or the registrar has confirmed.",
    ),
    Definition(
        "registered_on",
        1,
        _FIRST,
        "按登记日期统计：以国家系统的登记日期归月，供登记员核对，与按记账月份的公布数可能不同。",
        "By day of registration: the month is that of the national register. It is for registrars and may "
        "differ from the published figure by month of posting.",
    ),
    Definition(
        "solved",
        1,
        _FIRST,
        "三项计数：签订的合同、转让和许可的成果、经确认解决的技术问题（源于需求且履行完毕的合同）。",
        "Three counts: contracts signed, results assigned or licensed, and problems confirmed solved "
        "(contracts that began with a need and are performed).",
    ),
)


def definitions_on(day: date) -> Mapping[str, Definition]:
    """The text of each figure that is valid on a day; before the first, the first."""
    found: dict[str, Definition] = {}
    for one in sorted(DEFINITIONS, key=lambda each: each.valid_from):
        if one.valid_from <= day or one.code not in found:
            found[one.code] = one
    return found


#: 年登记技术合同成交额 as the plan states it: 临沂市“十四五”科技创新规划（临政字〔2022〕18号).
PLAN = "临沂市“十四五”科技创新规划（临政字〔2022〕18号）"
#: What a target of the sample book names as its document: it is invented.
SAMPLE_SOURCE = "示例目标"
STATED_FEN = {2020: 5_213 * FEN_PER_YI // 100}
PLAN_TARGET_FEN = {2025: 170 * FEN_PER_YI}
