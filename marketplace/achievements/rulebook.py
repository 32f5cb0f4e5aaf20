"""When an achievement is good enough to be published: the quality gate, as a pure function.

What industry says of universities' offers (`domain.md` §7: too early, benefit unclear, application
unclear, route unclear) is asked for here before anybody can complain.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings.rulebook import Finding, Part, Quality, length_score, share_score

#: field → (step, what the author is told when it is empty). These stop a submission.
REQUIRED = {
    "title": ("basics", _("请填写成果名称")),
    "industry": ("basics", _("请选择所属行业")),
    "district": ("basics", _("请选择所在地区")),
    "summary": ("basics", _("请用一段话概括成果，供公开列表显示")),
    "description": ("basics", _("请写明技术方案")),
    "trl": ("targets", _("请选择技术成熟度")),
    "cooperation": ("targets", _("请至少选择一种合作方式")),
    "pricing_mode": ("targets", _("请选择定价方式")),
    "contact_name": ("terms", _("请填写联系人")),
}
MIN_DESCRIPTION = 50
#: From this maturity on a claim wants evidence: below it nothing has run outside a laboratory.
EVIDENCE_FROM_TRL = 5
WHOLE = Decimal(100)


def assess(
    achievement: Mapping[str, Any],
    indicators: Sequence[Mapping[str, Any]],
    shares: Sequence[Decimal],
) -> Quality:
    """Judge an achievement from its plain values, indicator rows and owners' shares in per cent."""
    findings = [
        Finding(name, step, text, blocks=True)
        for name, (step, text) in REQUIRED.items()
        if not achievement.get(name)
    ]
    if not (achievement.get("contact_phone") or achievement.get("contact_email")):
        text = _("请填写联系电话或邮箱，至少一项")
        findings.append(Finding("contact_phone", "terms", text, blocks=True))
    description = str(achievement.get("description") or "").strip()
    if description and len(description) < MIN_DESCRIPTION:
        text = _("技术方案请至少写 %(count)s 字，说清原理和做法") % {"count": MIN_DESCRIPTION}
        findings.append(Finding("description", "basics", text, blocks=True))
    if shares and sum(shares, Decimal(0)) != WHOLE:
        text = _("权属份额之和应为 100%%，现在是 %(sum)s%%") % {"sum": sum(shares, Decimal(0))}
        findings.append(Finding("owners", "terms", text, blocks=True))
    findings += _advice(achievement, indicators)
    return Quality(_parts(achievement, indicators), tuple(findings))


def _advice(
    achievement: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    hints = {
        "scenario": ("basics", _("写明应用场景：用在什么产品、工序或场合")),
        "comparison": ("basics", _("与现有方案比一比成本和效果，企业最关心这一点")),
        "innovation": ("basics", _("列出不超过 3 条创新点")),
        "keywords": ("basics", _("添加关键词，匹配更准")),
        "evaluation": ("targets", _("有评价或鉴定结论的，写上机构和日期")),
    }
    found = [
        Finding(name, step, text)
        for name, (step, text) in hints.items()
        if not achievement.get(name)
    ]
    if not indicators:
        found.append(Finding("indicators", "targets", _("填写已验证的指标，系统才能逐项对照需求")))
    elif not all(row.get("evidence") for row in indicators):
        found.append(Finding("indicators", "targets", _("注明各指标的依据，如第三方检测")))
    if (achievement.get("trl") or 0) >= EVIDENCE_FROM_TRL and not achievement.get("trl_evidence"):
        found.append(Finding("trl_evidence", "targets", _("成熟度 5 级以上请写明依据")))
    return found


def _parts(
    achievement: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]
) -> tuple[Part, ...]:
    story = " ".join(str(achievement.get(n) or "") for n in ("description", "innovation"))
    proven = [bool(row.get(n)) for row in indicators for n in ("unit", "method", "evidence")]
    measured = 2 + (3 * sum(proven) + len(proven) - 1) // len(proven) if proven else 0
    return (
        Part(_("技术讲得清"), length_score(story, good=300)),
        Part(_("指标有依据"), min(5, measured)),
        Part(
            _("用途与效益"),
            share_score(
                bool(achievement.get(n)) for n in ("scenario", "comparison", "trl", "stage")
            ),
        ),
        Part(
            _("合作条件明"),
            share_score(
                bool(achievement.get(n))
                for n in ("cooperation", "pricing_mode", "contact_name", "keywords", "summary")
            ),
        ),
    )
