"""What a result may say, and the arithmetic of ranks and days. No models, no clock."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.tenders.rulebook import CALL, CHALLENGE, TENDER

#: Characters.
MOST_REASONS, MOST_REASON, MOST_NOTE, MOST_TEXT = 2_000, 500, 1_000, 3_000
#: Milestones of one award.
MOST_MILESTONES = 20
#: The names of the rules of publicity: of a candidate, and of a result in which every bid was rejected.
RULE, NONE_RULE = "award", "no_award"
#: Inspections of one award in a calendar year without a named exception (最多查一次).
INSPECTIONS_A_YEAR = 1
#: Days before the day on which the contract is due when its parties are reminded.
REMIND_DAYS = 7


#: Reasons are stored in the language of the site. These of their sentences are the platform's own, and are read in the
#: reader's language; what people wrote stays as it is.
_WHOLE = frozenset({"评审有效，按总分排名。", "否决：没有报价。"})
_AVERAGES, _REJECTED = "各项平均分：", re.compile(r"否决：([^。]+)。(.*)\Z")


def in_reader_language(text: str) -> str:
    """Stored reasons, line by line, with the platform's own sentences in the language that is active."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    if line in _WHOLE:
        return gettext(line)
    if line.startswith(_AVERAGES):
        return gettext("各项平均分：%(parts)s") % {"parts": line.removeprefix(_AVERAGES)}
    if found := _REJECTED.match(line):
        ground, said = found.groups()
        return gettext("否决：%(ground)s。%(text)s") % {"ground": gettext(ground), "text": said}
    return line


class Out(TextChoices):
    """Why a candidate is out."""

    DECLINED = "declined", _("候选单位放弃")
    UNFIT = "unfit", _("核实不符合条件")
    OBJECTION = "objection", _("异议或投诉成立")
    EXCLUDED = "excluded", _("有主管机关的决定在期限内，不能参加")
    NO_CONTRACT = "no_contract", _("因候选单位原因没有签约")
    ROUND = "round", _("本轮结果作废")


class Grade(TextChoices):
    """The grade of an acceptance."""

    EXCELLENT = "excellent", pgettext_lazy("grade", "优秀")
    GOOD = "good", pgettext_lazy("grade", "良好")
    PASSED = "passed", pgettext_lazy("grade", "合格")
    FAILED = "failed", pgettext_lazy("grade", "不合格")


class Exemption(TextChoices):
    """Why the authority inspects a second time in one year."""

    REPORTED = "reported", _("收到实名举报")
    CLUE = "clue", _("发现违法违规线索")
    ASKED = "asked", _("双方书面请求")
    HIGHER = "higher", _("上级部门要求")


#: The name of the letter and of the choice, by procedure.
LETTERS: Mapping[str, Any] = {
    CALL: _("中选通知书"),
    CHALLENGE: _("揭榜通知书"),
    TENDER: _("中标通知书"),
}
LOST: Mapping[str, Any] = {
    CALL: _("征集结果告知书"),
    CHALLENGE: _("揭榜结果告知书"),
    TENDER: _("招标结果通知书"),
}
CHOSEN: Mapping[str, Any] = {CALL: _("中选单位"), CHALLENGE: _("揭榜单位"), TENDER: _("中标人")}
#: Procedures in which somebody else than the purchaser publishes the result.
FOUR_EYES = frozenset({CHALLENGE, TENDER})
#: Procedures in which the names of all bidders are public: they were read out at the opening.
NAMES_ALL = frozenset({TENDER})


@dataclass(frozen=True)
class Verdict:
    """What became of one opened bid. `rank` and `total` are None where it is not valid."""

    bid: Any
    is_valid: bool
    rank: int | None
    total: Decimal | None
    reasons: str
    #: For the bidder alone: by the points of the price the price could be computed.
    detail: str = ""


@dataclass(frozen=True)
class Basis:
    """What the verdicts rest on: the code of the panel and the SHA-256 of its report."""

    panel: str
    report_hash: str


def against_verdicts(verdicts: Sequence[Verdict], bids: Iterable[int]) -> Any:
    """Why these verdicts are no result for these bids (their keys), or ""."""
    judged = [one.bid.pk for one in verdicts]
    if sorted(judged) != sorted(bids):
        return _("每一份开启的方案都要有且只有一个结论")
    valid = [one for one in verdicts if one.is_valid]
    ranks = sorted(one.rank or 0 for one in valid)
    if ranks != list(range(1, len(valid) + 1)):
        return _("有效方案的名次应从 1 起连续，不能并列")
    if any(one.total is None or not one.total.is_finite() or one.total < 0 for one in valid):
        return _("每份有效方案都要有得分")
    if any(
        not one.is_valid and (one.rank is not None or one.total is not None) for one in verdicts
    ):
        return _("无效方案没有名次和得分")
    if any(not one.reasons.strip() for one in verdicts):
        return _("每一份方案的结论都要写明理由")
    totals = [one.total or 0 for one in sorted(valid, key=lambda one: one.rank or 0)]
    if any(a < b for a, b in pairwise(totals)):
        return _("名次与得分不一致")
    return ""


def against_inspection(day: date, taken: Iterable[date], exception: str) -> Any:
    """Why an inspection on this day is refused, or "": once a calendar year, or a named exception."""
    same = [one for one in taken if one.year == day.year]
    if len(same) < INSPECTIONS_A_YEAR or exception in Exemption.values:
        return ""
    return _("%(year)d 年已经检查过一次（%(day)s）；同一年最多查一次，确有例外的请写明") % {
        "year": day.year,
        "day": same[0].isoformat(),
    }


def changes_of(
    negotiable: bool, bid: tuple[int | None, str], contract: tuple[int | None, str]
) -> list[str]:
    """What the contract says otherwise than the bid, where it may not: "amount", "subject"."""
    if negotiable:
        return []
    names = ("amount", "subject")
    return [name for name, a, b in zip(names, bid, contract, strict=True) if a != b]
