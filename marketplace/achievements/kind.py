"""What the shared pages and the API need to know about achievements: facets, moves, reasons."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.achievements.exports import CHILDREN
from marketplace.achievements.forms import STEPS, TransferForm
from marketplace.achievements.index import GRANTED
from marketplace.achievements.models import Achievement
from marketplace.achievements.queries import achievements_to_review
from marketplace.achievements.serializers import AchievementRead, AchievementWrite
from marketplace.achievements.services import LIFECYCLE
from marketplace.achievements.workflow import Status
from marketplace.listings.filters import Facet, shown_states
from marketplace.listings.kind import ListingKind, Move, moves_of
from marketplace.listings.rulebook import PRICE_BANDS

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

MOVES = moves_of(
    revise=_("成果会暂时从公开页面下线，修改后需要重新审核。"),
    withdraw=_("成果不再展示，原网址会提示已撤回，此操作不能撤销。"),
    end={
        "transfer": Move(
            _("成果会标记为已转化，不再接受新的匹配，此操作不能撤销。"), form=TransferForm
        )
    },
)


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
    Facet("status", _("状态"), table=shown_states(Status)),
)

KIND = ListingKind(
    name="achievements",
    noun="achievement",
    title=_("科技成果"),
    short=_("成果"),
    model=Achievement,
    lifecycle=LIFECYCLE,
    steps=STEPS,
    moves=MOVES,
    facets=FACETS,
    return_reasons=RETURN_REASONS,
    reads=AchievementRead,
    writes=AchievementWrite,
    children=CHILDREN,
    review_queue=achievements_to_review,
)
