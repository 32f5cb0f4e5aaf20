"""What the shared pages and the API need to know about needs: facets, moves, reasons."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.filters import Facet, shown_states
from marketplace.listings.kind import ListingKind, Move, moves_of
from marketplace.listings.rulebook import PRICE_BANDS
from marketplace.needs.forms import STEPS, SolveForm
from marketplace.needs.models import Need
from marketplace.needs.serializers import NeedRead, NeedWrite
from marketplace.needs.services import LIFECYCLE
from marketplace.needs.workflow import Status

RETURN_REASONS = [
    ("vague", _("技术难点写得不够具体，请说明现状、差距和已试过的办法")),
    ("indicators", _("指标无法测量，请写明数值、单位和检测方法")),
    ("ownership", _("请说明知识产权归属和合作条件")),
    ("secret", _("公开部分含有保密内容，请移到“保密内容”一栏")),
    ("not_tech", _("内容不属于技术需求（如采购、招聘），请改投相应渠道")),
    ("duplicate", _("与已发布的需求重复")),
]

MOVES = moves_of(
    revise=_("需求会暂时从公开页面下线，修改后需要重新审核。"),
    withdraw=_("需求不再展示，原网址会提示已撤回，此操作不能撤销。"),
    end={
        "solve": Move(_("需求会标记为已解决，不再接受新的匹配，此操作不能撤销。"), form=SolveForm)
    },
)

FACETS = (
    Facet("industry", _("行业"), "industry"),
    Facet("kind", _("需求类型"), "need_kind"),
    Facet("field", _("技术领域"), "field"),
    Facet("cooperation", _("合作方式"), "cooperation"),
    Facet("price_band", _("预算"), table=PRICE_BANDS),
    Facet("owner_kind", _("发布单位"), "org_kind"),
    Facet("district", _("区县"), "district"),
    Facet("status", _("状态"), table=shown_states(Status)),
)

KIND = ListingKind(
    name="needs",
    noun="need",
    title=_("技术需求"),
    short=_("需求"),
    model=Need,
    lifecycle=LIFECYCLE,
    steps=STEPS,
    moves=MOVES,
    facets=FACETS,
    return_reasons=RETURN_REASONS,
    reads=NeedRead,
    writes=NeedWrite,
    states_a_problem=True,
)
