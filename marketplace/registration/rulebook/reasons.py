"""Reasons with which the bureau returns or refuses a filing, each with the place that it is about."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Code → (sentence for the seller, section of the contract (`deals.services.SECTIONS`, or copies, evidence)).
RETURN_REASONS: dict[str, tuple[Any, str]] = {
    "seal_missing": (_("合同缺少签章，或者签章单位与合同所载名称不一致"), "copies"),
    "text_incomplete": (_("合同文本不完整，或者扫描件不清楚"), "copies"),
    "party": (_("当事人的名称、代码、性质或所在地填写有误"), "particulars"),
    "amount": (_("成交额、技术交易额或扣除明细与合同不一致"), "worksheet"),
    "kind": (_("合同类型与合同内容不符"), "basics"),
    "subject": (_("标的、技术内容或验收指标写得不清楚"), "acceptance"),
    "signing_day": (_("签订日期与合同文本不一致"), "copies"),
    "dates": (_("有效期限与合同不一致"), "basics"),
    "rights": (_("缺少知识产权权属证明，或者权利状态不清楚"), "official"),
    "approval": (_("缺少依法应当具备的批准、许可或同意文件"), "copies"),
    "publicity": (_("国有科技成果定价缺少公示、挂牌或拍卖的证明"), "evidence"),
    "form": (_("登记表有未填写或填写错误的栏目"), "official"),
    "other": (_("其他，见说明"), ""),
}

#: Code → sentence. 技术合同认定规则 (2026) art. 39 and the list of the Torch Centre of 2021.
REFUSE_REASONS: dict[str, Any] = {
    "not_technical": _("不属于技术合同"),
    "unclear_subject": _("合同标的不明确，或者技术内容不能说明"),
    "unclear_price": _("价款、报酬或使用费不明确"),
    "void": _("合同无效或者尚未生效"),
    "monopoly": _("合同条款非法垄断技术、妨碍技术进步或者侵害他人技术成果"),
    "proof": _("未提供或者提供的证明材料不符合要求，逾期未补正"),
    "seal": _("合同书写名称与印章不一致，或者印章不全，逾期未补正"),
    "elsewhere": _("应当由卖方所在地登记机构登记"),
    "other": _("其他，见说明"),
}


def return_text(code: str) -> Any:
    """The sentence of a return reason; the code itself when it is unknown."""
    return RETURN_REASONS.get(code, (code, ""))[0]


def problems_of(reasons: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with reasons of a return, as a code; "" when nothing is."""
    if not reasons:
        return "none"
    if any(row.get("code") not in RETURN_REASONS for row in reasons):
        return "unknown"
    if any(row["code"] == "other" and not str(row.get("text", "")).strip() for row in reasons):
        return "text"
    return ""
