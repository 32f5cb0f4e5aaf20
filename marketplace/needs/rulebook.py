"""When a need is good enough to be published: the quality gate, as a pure function.

Required: wording precise, indicators complete and measurable, ownership clear (`domain.md` §3.2, the
four wording rules of 绵阳), scored 4 × 5 (`domain.md` §8.4).
"""

import re
from collections.abc import Mapping, Sequence
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

# What authors write around the subject: "针对现有……存在的问题". It stands in every need, so it would
# match every other need and no solution in particular.
_SET_PHRASES = re.compile(
    "针对|为了|为解决|为此|为进一步|进一步|解决|目前|当前|现有|传统|存在|问题|需要|难以|如何|"
    "具有重要意义|等方面|的方法|方面"
)

#: field → (step, what the author is told when it is empty). These stop a submission.
REQUIRED = {
    "title": ("basics", _("请填写需求名称")),
    "kind": ("basics", _("请选择需求类型")),
    "industry": ("basics", _("请选择所属行业")),
    "district": ("basics", _("请选择所在区县")),
    "summary": ("basics", _("请用一段话概括需求，供公开列表显示")),
    "problem": ("basics", _("请写明主要技术难点")),
    "cooperation": ("targets", _("请至少选择一种合作方式")),
    "contact_name": ("terms", _("请填写联系人")),
}
#: Kinds of need with a measurable result; a training or a loan has no indicators.
MEASURED_KINDS = frozenset({"rd", "adopt", "testing"})
MIN_PROBLEM = 30
#: Public texts by field: the step of the wizard and the label.
PUBLIC_TEXTS: PublicTexts = {
    "title": ("basics", _("需求名称")),
    "summary": ("basics", _("公开简介")),
    "problem": ("basics", _("主要技术难点")),
    "background": ("basics", _("需求背景与现状")),
    "content": ("basics", _("主要研究内容")),
    "keywords": ("basics", _("关键词")),
    "ip_terms": ("targets", _("知识产权归属意向")),
    "basis": ("targets", _("已有基础")),
    "conditions": ("targets", _("对解决方的要求")),
    "intended_partner": ("targets", _("意向院所或专家")),
    "title_en": ("terms", _("英文名称（选填）")),
    "summary_en": ("terms", _("英文简介（选填）")),
}


def assess(need: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]) -> Quality:
    """Judge a need by its plain values and indicator rows."""
    findings = missing_findings(need, REQUIRED, blocking=REQUIRED)
    if need.get("problem") and len(need["problem"].strip()) < MIN_PROBLEM:
        text = _("主要技术难点请至少写 %(count)s 字，说清现在卡在哪里") % {"count": MIN_PROBLEM}
        findings.append(Finding("problem", "basics", text, blocks=True))
    tables = {"indicators": ("targets", _("技术指标"), indicators)}
    findings += contact_findings(need, PUBLIC_TEXTS, tables, blocks=True)
    findings += _indicator_findings(need, indicators)
    findings += _advice(need)
    return Quality(_parts(need, indicators), tuple(findings))


def _indicator_findings(
    need: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    if not indicators:
        if need.get("kind") in MEASURED_KINDS:
            text = _("请至少填写一项可测量的技术指标")
            return [Finding("indicators", "targets", text, blocks=True)]
        return []
    found = []
    if not all(row.get("current") for row in indicators):
        found.append(Finding("indicators", "targets", _("补充各指标的现值，方便对方判断差距")))
    if not all(row.get("method") for row in indicators):
        found.append(Finding("indicators", "targets", _("写明检测方法或标准，验收时少争议")))
    return found


def _advice(need: Mapping[str, Any]) -> list[Finding]:
    hints = {
        "budget_max": ("targets", _("给出预算上限，匹配时可以对照成果报价")),
        "deadline": ("targets", _("给出期望解决时限")),
        "ip_terms": ("targets", _("说明知识产权归属意向")),
        "background": ("basics", _("补充需求背景：现有工艺、设备和产量")),
        "basis": ("targets", _("说明已有基础：资金、人员、试验条件")),
        "keywords": ("basics", _("添加关键词，匹配更准")),
    }
    return [Finding(name, step, text) for name, (step, text) in hints.items() if not need.get(name)]


def _parts(need: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    story = " ".join(str(need.get(name) or "") for name in ("background", "problem", "content"))
    measured = [bool(row.get(name)) for row in indicators for name in ("current", "unit", "method")]
    if indicators:
        target_score = 2 + (3 * sum(measured) + len(measured) - 1) // len(measured)
    else:
        target_score = 0 if need.get("kind") in MEASURED_KINDS else 4
    return (
        Part(_("问题说得清"), length_score(story, good=300)),
        Part(_("指标可测量"), min(5, target_score)),
        Part(
            _("合作条件明确"),
            share_score(
                bool(need.get(name))
                for name in ("cooperation", "budget_max", "deadline", "ip_terms", "conditions")
            ),
        ),
        complete_part(need),
    )


def without_set_phrases(text: str) -> str:
    """The text of a need without its set phrases; the text itself if nothing else was in it."""
    bare = _SET_PHRASES.sub(" ", text)
    return bare if bare.strip(" \t\n,.;:，。；：、的了") else text
