"""Suggests the kind of a contract from its words and facts, with reasons for and against each kind."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.registration.rulebook.facts import BROKER, ROYALTY_MODES, Facts
from marketplace.registration.rulebook.words import found_words, has_words

#: Kind or sub-kind with a kind of its own.
KINDS: dict[str, Any] = {
    "KF": gettext_lazy("技术开发"),
    "ZR": gettext_lazy("技术转让"),
    "XK": gettext_lazy("技术许可"),
    "ZX": gettext_lazy("技术咨询"),
    "FW": gettext_lazy("技术服务"),
    "FW-P": gettext_lazy("技术培训"),
    "FW-Z": gettext_lazy("技术中介"),
}

#: Weight and pattern. A title weighs little: the name of a contract does not decide its kind.
_WORDS: dict[str, tuple[tuple[int, str], ...]] = {
    "KF": (
        (3, r"研究开发|研发(?!人员|部|中心|机构)|开发(?:出|一套|一种|新|并)"),
        (2, r"攻关|研制|试制|样机|中试"),
        (2, r"新(?:技术|产品|工艺|材料|品种)"),
        (2, r"(?:研究开发|研发|开发)(?:经费|成果|计划|进度|目标)"),
        (1, r"技术指标|技术创新"),
        (2, r"共同(?:研究|投资|参与)|合作开发"),
    ),
    "ZR": (
        (
            4,
            r"(?:专利权|专利申请权|技术秘密|著作权|品种权|布图设计[^，。]{0,4}权)[^，。；\n]{0,12}转让|转让[^，。；\n]{0,14}(?:专利|技术秘密|著作权|品种权)",
        ),
        (2, r"受让方|受让人|让与人|转让方"),
        (2, r"著录项目变更|权属变更|变更登记|权利转移"),
        (1, r"转让费|转让价"),
    ),
    "XK": (
        (4, r"(?:实施|使用)许可|许可[^，。；\n]{0,10}(?:实施|使用)"),
        (3, r"独占|排他|普通许可"),
        (2, r"许可方|被许可方|许可人"),
        (2, r"入门费|提成|许可使用费|许可费"),
    ),
    "ZX": (
        (4, r"可行性(?:研究|论证|分析)|技术预测|专题(?:技术)?调查|分析评价|技术评估|技术论证"),
        (3, r"咨询(?:报告|意见|服务|内容)"),
        (2, r"查新|方案比选|路线选择"),
        (1, r"顾问|建议书"),
    ),
    "FW": (
        (3, r"解决[^，。；\n]{0,24}(?:问题|难题)"),
        (
            3,
            r"(?:改进|改良|优化|提升|降低|减少|节约)[^，。；\n]{0,16}(?:结构|工艺|流程|质量|成本|能耗|性能|效率|合格率|精度)",
        ),
        (2, r"技术(?:服务|指导|支持|诊断)|调试|测试服务|检测服务|故障诊断|运行维护"),
    ),
    "FW-P": (
        (4, r"技术培训|培训(?:学员|对象|人员|课程|大纲|讲师|课时|内容)"),
        (2, r"授课|讲授|学时|课时"),
    ),
    "FW-Z": (
        (4, r"技术中介|居间(?:方|人|服务|报酬)?|中介(?:方|服务|报酬)"),
        (2, r"促成|撮合|牵线|介绍[^，。]{0,8}(?:订立|签订)"),
    ),
}
_AGAINST: dict[str, tuple[tuple[str, Any], ...]] = {
    "KF": (
        (
            r"已经?掌握|成熟(?:技术|产品|工艺)|现有成熟|已完成产业化|已投产",
            gettext_lazy("文本称技术已掌握或已成熟"),
        ),
        (r"仿制|简单改型|常规检[测验]", gettext_lazy("像是仿制、改型或常规检测")),
    ),
    "ZR": (
        (r"公知技术|已公开|失效", gettext_lazy("标的已公开或已失效")),
        (
            r"保留[^，。]{0,6}(?:所有权|专利权)|仍归(?:许可方|甲方)所有",
            gettext_lazy("权利仍归原权利人，更像许可"),
        ),
    ),
    "XK": ((r"公知技术|已公开|失效", gettext_lazy("标的已公开或已失效")),),
    "ZX": (
        (r"现场(?:实施|调试|安装)|实施改造", gettext_lazy("含实施改造，更像技术服务")),
        (r"法律咨询|经济分析|市场调查|设备(?:采购|购买)", gettext_lazy("属于被排除的咨询内容")),
    ),
    "FW": (
        (r"承揽|来料加工|施工(?:总承包|图|队)|土建", gettext_lazy("含承揽或建设工程内容")),
        (r"(?:专利权|专利|著作权)[^，。]{0,10}(?:转让给|过户)", gettext_lazy("含知识产权转移")),
    ),
    "FW-P": ((r"员工(?:业务)?素质|职业技能|产品使用", gettext_lazy("属于被排除的培训内容")),),
    "FW-Z": (),
}


@dataclass(frozen=True)
class Suggestion:
    """How well a kind fits: a score, and the reasons that make it."""

    kind: str
    name: str
    score: int
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]


def kind_key(contract_type: str) -> str:
    """The key of KINDS for a contract type: FW-P and FW-Z stand for themselves."""
    plain = contract_type.upper()
    return plain if plain in KINDS else plain[:2]


def _from_facts(facts: Facts, kind: str) -> tuple[int, list[str], list[str]]:
    score = 0
    good: list[str] = []
    bad: list[str] = []
    quantified = any(any(sign.isdigit() for sign in row.target) for row in facts.acceptance)
    patents = bool(facts.ip_numbers.strip())
    if kind == "KF" and quantified:
        score, good = score + 1, [*good, _("验收指标有量化目标")]
    if kind in {"ZR", "XK"} and patents:
        score, good = score + 1, [*good, _("填报了专利号")]
    if kind in {"ZR", "XK"} and not patents and not facts.ip_kinds:
        bad.append(_("没有填报任何知识产权"))
    if kind == "XK" and facts.payment_mode in ROYALTY_MODES:
        score, good = score + 2, [*good, _("按提成支付")]
    if kind == "KF" and facts.plan_source and "none" not in facts.plan_source.lower():
        score, good = score + 1, [*good, _("属于科技计划项目")]
    if kind == "FW-Z" and facts.side(BROKER):
        score, good = score + 1, [*good, _("当事人中有中介方")]
    return score, good, bad


def suggest_kind(facts: Facts, text: str) -> list[Suggestion]:
    """All kinds, the best first. `text` is the contract's text without its title, or empty."""
    body = f"{facts.subject}\n{text}"
    result = []
    for kind, name in KINDS.items():
        score, good, bad = _from_facts(facts, kind)
        for weight, pattern in _WORDS[kind]:
            if words := found_words(body, pattern):
                score += weight
                good.append(_("文中写有“%(words)s”") % {"words": words[0]})
        if has_words(facts.title, str(name)):
            score += 1
            good.append(_("合同名称写明%(kind)s") % {"kind": name})
        for pattern, reason in _AGAINST[kind]:
            if found_words(body, pattern):
                score -= 3
                bad.append(str(reason))
        result.append(Suggestion(kind, str(name), max(score, 0), tuple(good), tuple(bad)))
    return sorted(result, key=lambda row: -row.score)
