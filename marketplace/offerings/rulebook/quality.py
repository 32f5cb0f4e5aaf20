"""When a service offer is good enough to be published: the quality gate, as a pure function.

Required: what is done, by which means, at which price and where (the columns of the service lists of
provincial technology markets). A qualification whose validity is over must not be shown as held.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.money import FEN_PER_WAN, FEN_PER_YUAN
from marketplace.listings.rulebook import (
    Band,
    Bands,
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

#: field → (step, what the author is told when it is empty). These stop a submission.
REQUIRED = {
    "title": ("basics", _("请填写服务名称")),
    "category": ("basics", _("请选择服务类别")),
    "district": ("basics", _("请选择所在区县")),
    "summary": ("basics", _("请用一段话概括服务，供公开列表显示")),
    "description": ("basics", _("请写明服务内容")),
    "regions": ("targets", _("请选择服务区域")),
    "price_mode": ("targets", _("请选择收费方式")),
    "contact_name": ("terms", _("请填写联系人")),
}
MIN_DESCRIPTION = 30
#: Ways of charging without an amount: agreed between the parties, and free of charge.
FACE, FREE = "face", "free"
_NO_AMOUNT = {
    FACE: _("收费方式为面议时不填金额"),
    FREE: _("收费方式为免费时不填金额"),
}
#: A year and a half is longer than any service that is offered with a turnaround.
LONGEST_TURNAROUND = 540
MOST_DEVICES = 9999
#: 检验检测机构资质认定管理办法 (2021) art. 5: data with probative force need an accreditation (CMA).
TESTING, CMA = "testing", "cma"

BANDS: Bands = {
    "lt1k": Band(_("1000 元以下"), 0, 1_000 * FEN_PER_YUAN),
    "lt1w": Band(_("1000 元–1 万元"), 1_000 * FEN_PER_YUAN, FEN_PER_WAN),
    "lt5w": Band(_("1–5 万元"), FEN_PER_WAN, 5 * FEN_PER_WAN),
    "lt20w": Band(_("5–20 万元"), 5 * FEN_PER_WAN, 20 * FEN_PER_WAN),
    "more": Band(_("20 万元以上"), 20 * FEN_PER_WAN, None),
}

#: Public texts by field: the step of the wizard and the label.
PUBLIC_TEXTS: PublicTexts = {
    "title": ("basics", _("服务名称")),
    "summary": ("basics", _("公开简介")),
    "description": ("basics", _("服务内容")),
    "standards": ("basics", _("依据的标准或方法")),
    "keywords": ("basics", _("关键词")),
    "price_note": ("targets", _("收费说明")),
    "deliverables": ("targets", _("交付成果")),
    "client_provides": ("targets", _("委托方需要提供")),
    "cases": ("targets", _("服务案例")),
    "title_en": ("terms", _("英文名称（选填）")),
    "summary_en": ("terms", _("英文简介（选填）")),
}
Rows = Sequence[Mapping[str, Any]]


def price_problems(mode: str, low: int | None, high: int | None) -> dict[str, Any]:
    """What is wrong with a price, by field. `low` and `high` in fen."""
    if mode in {FACE, FREE}:
        given = low if low is not None else high
        if given:
            field = "price_min" if low is not None else "price_max"
            return {field: _NO_AMOUNT[mode]}
    if low is not None and high is not None and high < low:
        return {"price_max": _("价格上限不能小于下限")}
    return {}


def assess(
    offering: Mapping[str, Any], qualifications: Rows, equipment: Rows, today: date
) -> Quality:
    """Judge a service offer by its plain values and its rows; `today` is the day in Shanghai."""
    findings = missing_findings(offering, REQUIRED, blocking=REQUIRED)
    said: str = (offering.get("description") or "").strip()
    if said and len(said) < MIN_DESCRIPTION:
        more = _("服务内容请至少写 %(count)s 字，说清做什么、怎么做") % {"count": MIN_DESCRIPTION}
        findings.append(Finding("description", "basics", more, blocks=True))
    mode = offering.get("price_mode")
    amounts = (offering.get("price_min"), offering.get("price_max"))
    if mode and mode not in {FACE, FREE} and amounts == (None, None):
        text = _("请填写价格，或把收费方式改为“面议”")
        findings.append(Finding("price_min", "targets", text, blocks=True))
    if any(row["valid_until"] and row["valid_until"] < today for row in qualifications):
        text = _("有资质已过有效期，请更新有效期或删去这一行")
        findings.append(Finding("qualifications", "terms", text, blocks=True))
    tables = {
        "qualifications": ("terms", _("资质"), qualifications),
        "equipment": ("targets", _("设备"), equipment),
    }
    findings += contact_findings(offering, PUBLIC_TEXTS, tables, blocks=True)
    findings += _advice(offering, qualifications, equipment)
    return Quality(_parts(offering, qualifications, equipment), tuple(findings))


def _advice(offering: Mapping[str, Any], qualifications: Rows, equipment: Rows) -> list[Finding]:
    hints = {
        "industry": ("basics", _("选择主要服务的行业，按行业筛选时能看到")),
        "standards": ("basics", _("写明依据的标准或方法，委托方可以直接对照")),
        "turnaround": ("targets", _("给出完成天数，委托方好安排进度")),
        "deliverables": ("targets", _("说明交付什么，如报告、样品或方案")),
        "client_provides": ("targets", _("说明委托方要准备什么，如样品数量和资料")),
        "cases": ("targets", _("写一两个做过的案例，不点名也可以")),
        "keywords": ("basics", _("添加关键词，更容易被找到")),
    }
    found = [
        Finding(name, step, text) for name, (step, text) in hints.items() if not offering.get(name)
    ]
    is_testing = offering.get("category") == TESTING
    if is_testing and not any(row["scheme"] == CMA for row in qualifications):
        text = _("出具具有证明作用的检验检测数据须取得资质认定（CMA）；已取得的请在资质中填写")
        found.append(Finding("qualifications", "terms", text))
    if not equipment:
        found.append(Finding("equipment", "targets", _("列出主要设备和能做什么")))
    return found


def _parts(offering: Mapping[str, Any], qualifications: Rows, equipment: Rows) -> tuple[Part, ...]:
    story = " ".join(str(offering.get(name) or "") for name in ("description", "standards"))
    able = [
        bool(equipment),
        bool(qualifications),
        bool(offering.get("cases")),
        bool(offering.get("standards")),
    ]
    return (
        Part(_("服务说得清"), length_score(story, good=200)),
        Part(_("能力有依据"), share_score(able)),
        Part(
            _("委托条件明确"),
            share_score(
                bool(offering.get(name))
                for name in (
                    "price_mode",
                    "turnaround",
                    "regions",
                    "deliverables",
                    "client_provides",
                )
            ),
        ),
        complete_part(offering),
    )
