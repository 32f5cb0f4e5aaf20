"""When an achievement is good enough to be published, and what a patent number or a share must be.

The gate covers the eight reasons for which companies decline offers (`domain.md` §7): too early,
benefit over the existing solution unclear, route to market unclear, description unclear, application
unclear, claims without proof, rights unclear, nothing to show. All functions are pure.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings.rulebook import (
    Finding,
    Part,
    PublicTexts,
    Quality,
    complete_part,
    contact_findings,
    length_score,
    missing_findings,
    share_score,
)

Values = Mapping[str, Any]
Rows = Sequence[Values]

#: field → (step, what the author is told when it is empty). These stop a submission.
REQUIRED = {
    "title": ("basics", _("请填写成果名称")),
    "industry": ("basics", _("请选择应用行业")),
    "summary": ("basics", _("请用一段话概括成果，供公开列表显示")),
    "description": ("basics", _("请写明技术方案")),
    "trl": ("targets", _("请选择技术成熟度")),
    "cooperation": ("targets", _("请至少选择一种合作方式")),
    "pricing_mode": ("targets", _("请选择定价方式")),
    "contact_name": ("terms", _("请填写联系人")),
}
#: Required fields of an imported row: archives contain little more than a text.
REQUIRED_IMPORTED = frozenset({"title", "description"})
MIN_DESCRIPTION = 50
#: Public texts by field: the step of the wizard and the label.
PUBLIC_TEXTS: PublicTexts = {
    "title": ("basics", _("成果名称")),
    "summary": ("basics", _("公开简介")),
    "innovation": ("basics", _("主要创新点")),
    "scenario": ("basics", _("应用场景")),
    "description": ("basics", _("技术方案")),
    "comparison": ("basics", _("与现有方案的比较")),
    "keywords": ("basics", _("关键词")),
    "trl_evidence": ("targets", _("成熟度依据")),
    "evaluation": ("targets", _("评价、鉴定或获奖情况")),
    "title_en": ("terms", _("英文名称（选填）")),
    "summary_en": ("terms", _("英文简介（选填）")),
}
#: Below this readiness level a result is proven on paper or in the laboratory only.
EARLY_TRL = 4
WHOLE = Decimal(100)


def assess(
    achievement: Values,
    indicators: Rows = (),
    patents: Rows = (),
    owners: Rows = (),
    inventors: Rows = (),
    *,
    imported: bool = False,
) -> Quality:
    """Judge an achievement by its plain values and rows; imported ones have fewer required fields.

    The contact among the values is the one that readers get, the organisation's by default.
    """
    blocking = REQUIRED_IMPORTED if imported else REQUIRED
    findings = missing_findings(achievement, REQUIRED, blocking=blocking)
    if achievement.get("description") and len(achievement["description"].strip()) < MIN_DESCRIPTION:
        short = _("技术方案请至少写 %(count)s 字，说清怎么做、做到什么程度") % {
            "count": MIN_DESCRIPTION
        }
        findings.append(Finding("description", "basics", short, blocks=not imported))
    if problem := shares_problem([row.get("share") for row in owners]):
        findings.append(Finding("owners", "terms", problem, blocks=True))
    findings += public_contacts(
        achievement, indicators, patents, owners, inventors, blocks=not imported
    )
    findings += _advice(achievement, indicators, patents)
    return Quality(_parts(achievement, indicators, patents), tuple(findings))


def public_contacts(
    achievement: Values,
    indicators: Rows,
    patents: Rows,
    owners: Rows,
    inventors: Rows,
    *,
    blocks: bool,
) -> list[Finding]:
    """The public texts of an achievement that contain a telephone number, an address or a WeChat id."""
    tables = {
        "indicators": ("targets", _("已验证的指标"), indicators),
        "patents": ("terms", _("知识产权"), _without(patents, "number")),
        "owners": ("terms", _("权属份额"), owners),
        "inventors": ("terms", _("完成人"), inventors),
    }
    return contact_findings(achievement, PUBLIC_TEXTS, tables, blocks=blocks)


def _without(rows: Rows, name: str) -> Rows:
    """These rows without one value: the number of a patent looks like a telephone number."""
    return [{key: value for key, value in row.items() if key != name} for row in rows]


def _advice(achievement: Values, indicators: Rows, patents: Rows) -> list[Finding]:
    """The reasons for which companies decline offers, as advice."""
    trl = achievement.get("trl")
    said = achievement.get
    found = [
        (
            trl is not None and trl < EARLY_TRL and not said("trl_evidence"),
            Finding("trl_evidence", "targets", _("成熟度较低：说明已有的试验数据和下一步验证计划")),
        ),
        (
            not said("comparison"),
            Finding("comparison", "basics", _("与现有方案相比省多少、好多少？给出经济比较")),
        ),
        (
            not said("scenario"),
            Finding("scenario", "basics", _("写明应用场景：用在什么产品或工序上")),
        ),
        (
            not said("innovation"),
            Finding("innovation", "basics", _("用一至三行写出主要创新点")),
        ),
        (
            not indicators,
            Finding("indicators", "targets", _("补充实测指标，需求方按指标匹配")),
        ),
        (
            bool(indicators)
            and not all(row.get("evidence") or row.get("method") for row in indicators),
            Finding("indicators", "targets", _("写明各指标的检测方法或证据，数据才可信")),
        ),
        (
            not patents,
            Finding("patents", "terms", _("说明知识产权状况；没有专利可选“技术秘密”或“未涉及”")),
        ),
        (
            not (said("has_sample") or said("evaluation")),
            Finding("evaluation", "targets", _("有样品、检测报告或评价意见的请注明")),
        ),
        (
            bool(said("pricing_mode"))
            and said("pricing_mode") != "face"
            and said("price_min") is None
            and said("price_max") is None,
            Finding("price_min", "targets", _("给出价格区间，便于对照需求方预算")),
        ),
        (not said("keywords"), Finding("keywords", "basics", _("添加关键词，匹配更准"))),
    ]
    return [finding for is_missing, finding in found if is_missing]


def _parts(achievement: Values, indicators: Rows, patents: Rows) -> tuple[Part, ...]:
    story = " ".join(str(achievement.get(name) or "") for name in ("description", "innovation"))
    shown = [
        achievement.get("trl") is not None,
        bool(achievement.get("trl_evidence") or achievement.get("evaluation")),
        bool(achievement.get("has_sample")),
        bool(indicators),
        bool(indicators) and all(r.get("evidence") or r.get("method") for r in indicators),
    ]
    return (
        Part(_("方案说得清"), length_score(story, good=300)),
        Part(_("有数据证明"), share_score(shown)),
        Part(
            _("合作条件明确"),
            share_score(
                [
                    *(bool(achievement.get(n)) for n in ("cooperation", "pricing_mode")),
                    bool(achievement.get("comparison")),
                    bool(achievement.get("scenario")),
                    bool(patents),
                ]
            ),
        ),
        complete_part(achievement),
    )


def shares_problem(shares: Sequence[Decimal | None]) -> Any:
    """Why these shares (per cent) can't be right, or "". Not naming any share at all is allowed."""
    given = [share for share in shares if share is not None]
    if not given:
        return ""
    if len(given) != len(shares):
        return _("份额要么全部填写，要么都不填")
    total = sum(given, Decimal(0))
    if total != WHOLE:
        return _("各单位份额合计应为 100%%，现在是 %(total)s%%") % {
            "total": f"{total.normalize():f}"
        }
    return ""


def price_problem(low: int | None, high: int | None) -> Any:
    """Why this price range (fen) can't be right, or ""."""
    if low is not None and high is not None and high < low:
        return _("价格上限不能小于下限")
    return ""


# --- patent numbers ---------------------------------------------------------------------------
#: Rights with a number of the patent office of China (专利申请号标准 ZC 0006-2003).
PATENTS = frozenset({"invention", "utility", "design"})
#: The digit after the year gives the kind; 8 and 9 are applications through the PCT.
_KIND_SIGNS = {"invention": "18", "utility": "29", "design": "3"}
#: Marks invented numbers of the sample data on every page.
SAMPLE_MARK = "（示例）"
_PUBLICATION = re.compile(r"^CN\d{7,9}[ABUSY]\d?\Z", re.ASCII)
_FOREIGN = re.compile(r"^(?!CN|ZL)[A-Z]{2,3}[A-Z0-9/.,\-]{4,}\Z", re.ASCII)
_APPLICATION = re.compile(r"^(?:ZL|CN)?(\d{8}|\d{12})\.?([\dX])\Z", re.ASCII)


def patent_problem(kind: str, number: str) -> Any:
    """Why a patent number can't be right, or "".

    Chinese application numbers (13 signs since 2003-10, 9 before) end in a check digit: the digits
    weighted 2 to 9 over and over, summed, modulo 11, ten written X. Other rights have free numbers.
    """
    if kind not in PATENTS or not number or number.endswith(SAMPLE_MARK):
        return ""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", number)).upper()
    if _PUBLICATION.match(plain):
        return _("这是公布号或公告号，请填写专利号或申请号，如 ZL202010000001.1")
    if _FOREIGN.match(plain):
        return ""
    match = _APPLICATION.match(plain)
    if match is None:
        return _("专利号应为 ZL 或 CN 加 13 位数字（最后一位是校验位），如 ZL202010000001.1")
    digits, check = match[1], match[2]
    if check != check_digit(digits):
        return _("专利号的校验位不符，请核对是否输错")
    sign = digits[4] if len(digits) == 12 else digits[2]
    if sign not in _KIND_SIGNS[kind]:
        return _("专利号里的种类位与所选类型不符，请核对")
    return ""


def check_digit(digits: str) -> str:
    """The check digit of an application number without it."""
    total = sum(int(digit) * (place % 8 + 2) for place, digit in enumerate(digits))
    return "0123456789X"[total % 11]


# --- fingerprints of rows ----------------------------------------------------------------------
_NOISE = re.compile(r"[\W_]+")


def source_key(owner: str, title: str, description: str) -> str:
    """The fingerprint by which a repeated row is recognised; "" when there is no text.

    Case, width, spaces and punctuation are ignored. `title` is the given one, never a proposed one.
    """
    parts = [
        _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())
        for text in (title, description)
    ]
    if not any(parts):
        return ""
    return hashlib.sha256("\0".join([owner, *parts]).encode("utf-8", "replace")).hexdigest()


#: A text of fewer characters cannot distinguish two achievements.
TELLING = 30


def text_key(owner: str, description: str) -> str:
    """The fingerprint of a text alone, whatever its title; "" when it is too short."""
    return source_key(owner, "", description) if len(description) >= TELLING else ""
