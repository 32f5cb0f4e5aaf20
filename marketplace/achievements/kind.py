"""What the shared pages and the API need to know about achievements: facets, moves, reasons."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.achievements import queries, services
from marketplace.achievements.exports import CHILDREN, COLUMNS
from marketplace.achievements.forms import STEPS, TransferForm
from marketplace.achievements.index import GRANTED
from marketplace.achievements.models import Achievement
from marketplace.achievements.workflow import ACHIEVEMENT
from marketplace.listings.filters import PRICE_BANDS, Facet
from marketplace.listings.forms import RenewForm, WithdrawForm
from marketplace.listings.kind import Kind, Move, Shape

#: What industry misses most in universities' offers (`domain.md` §7), as sentences for the author.
RETURN_REASONS = [
    ("early", _("成熟度偏低且没有试验数据，请补充验证情况和下一步计划")),
    ("benefit", _("看不出比现有方案好在哪里，请给出经济比较")),
    ("route", _("产业化路径不清，请说明合作方式、定价方式和能提供什么")),
    ("description", _("技术方案写得不够具体，请说明怎么做、做到什么程度")),
    ("application", _("应用场景不清，请写明用在什么产品或工序上")),
    ("evidence", _("指标没有检测方法或证据，请补充")),
    ("rights", _("知识产权或权利单位不清，请补充专利状态和份额")),
    ("secret", _("公开部分含有保密内容，请移到“保密内容”一栏")),
    ("title", _("名称由正文自动生成，请改成“对象加方法加作用”的名称")),
    ("duplicate", _("与已发布的成果重复")),
]

MOVES = {
    "recall": Move(services.recall_achievement, _("撤回后回到草稿，可以继续修改，修改好再提交。")),
    "renew": Move(services.renew_achievement, _("从今天起重新计算有效期。"), form=RenewForm),
    "revise": Move(
        services.revise_achievement,
        _("成果会暂时从公开页面下线，修改后需要重新审核。"),
        danger=True,
    ),
    "transfer": Move(
        services.transfer_achievement,
        _("成果会标记为已转化，不再接受新的匹配，此操作不能撤销。"),
        form=TransferForm,
    ),
    "withdraw": Move(
        services.withdraw_achievement,
        _("成果不再展示，原网址会提示已撤回，此操作不能撤销。"),
        form=WithdrawForm,
        danger=True,
    ),
    "delete": Move(
        services.delete_achievement,
        _("草稿和附件会被删除，不能恢复。"),
        danger=True,
        done=_("草稿已删除"),
    ),
}


@dataclass(frozen=True)
class RightsFacet(Facet):
    """Kinds of right, headed by "has one that was granted"."""

    def choices(self) -> list[tuple[str, Any]]:
        """Code and label of every value, in the order shown."""
        return [(GRANTED, _("已授权")), *super().choices()]


FACETS = (
    Facet("industry", _("应用行业"), "industry"),
    Facet("field", _("技术领域"), "field"),
    Facet("cooperation", _("合作方式"), "cooperation"),
    Facet("trl", _("技术成熟度"), "trl"),
    Facet("pricing", _("定价方式"), "pricing"),
    Facet("price_band", _("价格"), table=PRICE_BANDS),
    Facet("owner_kind", _("持有单位"), "org_kind"),
    RightsFacet("ip", _("知识产权"), "ip_kind"),
    Facet("district", _("区县"), "district"),
    Facet("status", _("状态"), table={"published": _("可合作"), "transferred": _("已转化")}),
)


KIND = Kind(
    name="achievements",
    noun="achievement",
    title=_("科技成果"),
    model=Achievement,
    flow=ACHIEVEMENT,
    steps=STEPS,
    shape=Shape(
        visible_to=queries.visible_to,
        own=queries.own_achievements,
        queue=queries.achievements_to_review,
        quality=queries.quality_of,
        create=services.create_achievement,
        create_whole=services.create_whole_achievement,
        save=services.save_achievement,
        submit=services.submit_achievement,
        give_back=services.return_achievement,
        publish=services.publish_achievement,
        contact=services.show_contact,
    ),
    moves=MOVES,
    facets=FACETS,
    return_reasons=RETURN_REASONS,
    columns=COLUMNS,
    children=CHILDREN,
)
