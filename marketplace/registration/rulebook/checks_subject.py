"""Checks of the subject: whether it is technology, clear, and of the kind that was chosen."""

import re

from django.utils.translation import gettext as _

from marketplace.registration.rulebook.case import Answer, Case, check
from marketplace.registration.rulebook.kinds import KINDS, kind_key, suggest_kind
from marketplace.registration.rulebook.words import found_words, has_words

#: A subject shorter than this, without blanks, cannot tell a technical content.
SHORTEST_SUBJECT = 12
#: What says nothing: with these words taken away little is left of a vague subject.
_EMPTY_WORDS = re.compile(
    r"甲方|乙方|双方|技术|服务|支持|咨询|开发|转让|许可|相关|有关|提供|进行|项目|工作|内容|以及|及其|等|的|为|向|和|与|及|其他|事项|具体|要求|按照?|根据|详见|附件|约定|另行|合同|本|方面|指导|配合|协助|一批|若干|各类|各项"
)
_VAGUE = (
    r"按(?:照)?(?:甲方|委托方|买方)(?:的)?(?:要求|需要|指示)(?:提供|完成|进行)",
    r"(?:提供|负责)(?:相关|有关|其他)(?:的)?(?:技术)?(?:服务|支持|工作)",
    r"(?:具体|服务|技术)内容(?:由双方)?(?:另行|另外)(?:协商|约定|商定)",
)
_OTHER_TITLE = (
    r"(?:设备|产品|材料|仪器|货物|物资|备件)?(?:采购|购销|买卖|供货|销售)(?:及安装)?合同",
    r"(?:设备|房屋|场地|车辆)?租赁合同",
    r"(?:施工|建设工程|装修|安装工程|总承包|监理)(?:承包)?合同",
    r"(?:承揽|加工|定作|劳务|劳动|派遣|物业|保洁|广告|运输|仓储|代理记账)(?:服务)?合同",
)
_TECHNICAL = (
    r"研发|研究|开发|工艺|专利|技术秘密|算法|配方|模型|试验|检测方法|参数|指标|诊断|优化|改进|论证"
)
_OTHER_PART = (
    r"(?<!向)(?:甲方|乙方|买方|卖方)(?![^，。；\n]{0,6}(?:必须|只能|只得))[^，。；\n]{0,8}(?:采购|购买|供应|销售)[^，。；\n]{0,16}(?:设备|产品|材料|硬件|仪器)",
    r"(?:设备|硬件|仪器|产品|材料)(?:的)?(?:买卖|采购|供货|销售|租赁)(?:部分|及安装|并安装|与)",
    r"(?:同时|一并)(?:供应|提供|销售|采购)[^，。；\n]{0,16}(?:设备|硬件|仪器|产品)",
    r"(?:土建|安装工程|施工)部分",
)
_KIND_IN_TITLE = {
    "KF": r"(?:技术|委托|合作|研究)开发",
    "ZR": r"转让",
    "XK": r"许可",
    "ZX": r"咨询",
    "FW": r"技术服务",
    "FW-P": r"培训",
    "FW-Z": r"中介|居间",
}
#: By so much another kind must fit better than the chosen one before it is said.
CLEARLY = 3
_CONSULTED = {"ZR", "XK"}


@check("subject_unclear")
def _subject_unclear(case: Case) -> Answer:
    """The form's subject, or without one the text's, has no technical content left beside empty words."""
    subject = "".join((case.facts.subject or case.text).split())
    if not subject:
        return _("没有填写标的内容")
    left = re.sub(r"[^\w]", "", _EMPTY_WORDS.sub("", subject))
    return _("标的内容过于简单") if len(subject) < SHORTEST_SUBJECT or len(left) < 6 else False


@check("subject_vague")
def _subject_vague(case: Case) -> Answer:
    return case.says(*_VAGUE)


def _title_of_other_law(case: Case) -> list[str]:
    return [
        words
        for words in found_words(case.facts.title, *_OTHER_TITLE)
        if not has_words(case.facts.title, r"技术(?:开发|转让|许可|咨询|服务|培训|中介)")
    ]


@check("not_technology")
def _not_technology(case: Case) -> Answer:
    """The title is one of another kind of contract, or the body has its clauses and nothing technical."""
    if found := _title_of_other_law(case):
        return found
    if has_words(case.body, _TECHNICAL):
        return False
    # In a contract of services, works have a finding of their own: `not_service`.
    works = "" if case.is_kind("FW") else "|施工|承揽"
    words = rf"(?:买卖|采购|供货|租赁|劳务|派遣|代理记账|保洁|物业管理|广告投放{works})[^，。；\n]{{0,16}}"
    return found_words(case.body, words)


@check("name_contradicts")
def _name_contradicts(case: Case) -> Answer:
    """The title names one kind, and another was chosen."""
    if not case.facts.contract_type or _title_of_other_law(case):
        return False
    named = {kind for kind, words in _KIND_IN_TITLE.items() if has_words(case.facts.title, words)}
    chosen = kind_key(case.facts.contract_type)
    if not named or chosen in named:
        return False
    return _("名称写“%(named)s”，类型为“%(chosen)s”") % {
        "named": "、".join(str(KINDS[kind]) for kind in sorted(named)),
        "chosen": KINDS.get(chosen, chosen),
    }


@check("kind_doubtful")
def _kind_doubtful(case: Case) -> Answer:
    chosen = kind_key(case.facts.contract_type)
    if not chosen:
        return False
    rows = suggest_kind(case.facts, case.text)
    own = next((row.score for row in rows if row.kind == chosen), 0)
    best = rows[0]
    if best.kind == chosen or best.score < own + CLEARLY:
        return False
    return _("更像%(kind)s：%(reasons)s") % {
        "kind": best.name,
        "reasons": "；".join(best.reasons_for[:3]),
    }


@check("licence_then_transfer")
def _licence_then_transfer(case: Case) -> Answer:
    return case.is_kind("XK")


def _is_mixed(case: Case) -> list[str]:
    if not has_words(case.body, _TECHNICAL):
        return []
    return case.says(*_OTHER_PART)


def _parts_are_clear(case: Case) -> bool:
    facts = case.facts
    return bool(facts.deductions) and facts.technical is not None


@check("mixed_separable")
def _mixed_separable(case: Case) -> Answer:
    return _is_mixed(case) if _parts_are_clear(case) else False


@check("mixed_amount_unclear")
def _mixed_amount_unclear(case: Case) -> Answer:
    return False if _parts_are_clear(case) else _is_mixed(case)


@check("mixed_not_separate")
def _mixed_not_separate(case: Case) -> Answer:
    return _is_mixed(case)


@check("foreign_language")
def _foreign_language(case: Case) -> Answer:
    return bool(case.reading and case.reading.is_foreign) and not has_words(
        case.text, r"一致性(?:承诺|声明|证明)", r"中文(?:副本|译本|文本)"
    )


@check("equity_as_transfer")
def _equity_as_transfer(case: Case) -> Answer:
    return not case.is_kind("ZR") and (
        case.facts.is_equity or bool(case.says(r"技术入股|作价(?:入股|投资|出资)"))
    )
