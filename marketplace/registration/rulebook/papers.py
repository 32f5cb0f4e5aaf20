"""Which papers a contract needs at registration, and which of them lie here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.registration.rulebook.facts import Facts
from marketplace.registration.rulebook.findings import Finding

#: Here; missing here; to be kept ready, because the platform cannot know whether it is there.
HAVE, MISSING, READY = "have", "missing", "ready"


@dataclass(frozen=True)
class Paper:
    """One paper: what it is, its state, and why it is asked for."""

    name: Any
    state: str
    why: Any


def papers_of(facts: Facts, findings: Iterable[Finding]) -> list[Paper]:
    """The papers of a contract, those that are missing first."""
    codes = {row.code for row in findings}
    sealed = HAVE if facts.has_sealed_text else MISSING
    rows = [
        Paper(
            _("完整的合同文本（各方签字、盖章）"), sealed, _("登记须提交合同全文，可以是电子合同")
        ),
        Paper(_("技术合同登记表"), HAVE, _("由平台按合同信息生成抄录单")),
    ]
    if "inner_department" in codes:
        rows.append(Paper(_("法定代表人的书面授权证明"), READY, _("由单位内设机构签订")))
    if facts.kind in {"ZR", "XK"} and any(kind != "none" for kind in facts.ip_kinds):
        rows.append(Paper(_("知识产权权利证明"), READY, _("转让、许可的标的须附权利证明")))
    if facts.is_state_held and (facts.is_equity or facts.kind in {"ZR", "XK"}):
        wrong = codes & {"price_evidence_missing", "publicity_short"}
        rows.append(
            Paper(_("定价证明"), MISSING if wrong else HAVE, _("国有成果转让、许可或作价投资"))
        )
    if "foreign_language" in codes:
        rows.append(Paper(_("中文副本和一致性承诺书"), MISSING, _("合同为外文文本")))
    if "programme_consent" in codes:
        rows.append(Paper(_("项目主管部门同意的证明"), READY, _("属于政府科技计划项目")))
    if "government_papers" in codes:
        rows.append(Paper(_("任务书，或投标文件和中标通知书"), READY, _("属于政府科技计划项目")))
    if "approval_missing" in codes:
        rows.append(Paper(_("批准、许可或登记文件"), READY, _("标的可能需要审批或许可")))
    if "export_papers" in codes:
        rows.append(Paper(_("技术进出口合同登记或许可文件"), READY, _("当事人一方在境外")))
    if "natural_person" in codes:
        rows.append(Paper(_("自然人的身份证明"), READY, _("当事人含自然人")))
    return sorted(rows, key=lambda row: (MISSING, READY, HAVE).index(row.state))
