"""What the shared pages and the API need to know about service offers: facets, moves, reasons."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.filters import Facet
from marketplace.listings.kind import ListingKind, moves_of
from marketplace.listings.rulebook import labels_of
from marketplace.offerings.forms import CHILDREN, STEPS
from marketplace.offerings.models import Offering
from marketplace.offerings.queries import quality_before
from marketplace.offerings.rulebook import BANDS
from marketplace.offerings.serializers import OfferingRead, OfferingWrite
from marketplace.offerings.services import LIFECYCLE

RETURN_REASONS = [
    ("vague", _("服务内容写得不够具体，请说明做什么、怎么做、交付什么")),
    ("qualification", _("资质编号或有效期与公开信息不符，请核对")),
    ("price", _("收费方式或价格不清，请写明计价单位和包含的内容")),
    ("scope", _("超出本单位的经营范围或资质的能力范围，请修改")),
    ("secret", _("公开部分含有保密内容，请移到“保密内容”一栏")),
    ("not_service", _("内容不是科技服务（如商品销售、招聘），请改投相应渠道")),
    ("duplicate", _("与已发布的服务重复")),
]

MOVES = moves_of(
    revise=_("服务会暂时从公开页面下线，修改后需要重新审核。"),
    withdraw=_("服务不再展示，原网址会提示已撤回，此操作不能撤销。"),
)

FACETS = (
    Facet("category", _("服务类别"), "service_category"),
    Facet("industry", _("行业"), "industry"),
    Facet("qualification", _("资质"), "qualification"),
    Facet("price_mode", _("收费方式"), "service_pricing"),
    Facet("price_band", _("价格"), table=labels_of(BANDS)),
    Facet("regions", _("服务区域"), "service_region", open=False),
    Facet("district", _("单位所在区县"), "district"),
    Facet("owner_kind", _("服务单位"), "org_kind", open=False),
)

KIND = ListingKind(
    name="offerings",
    noun="offering",
    title=_("科技服务"),
    short=_("服务"),
    model=Offering,
    lifecycle=LIFECYCLE,
    steps=STEPS,
    moves=MOVES,
    facets=FACETS,
    return_reasons=RETURN_REASONS,
    reads=OfferingRead,
    writes=OfferingWrite,
    children=CHILDREN,
    import_gate=quality_before,
)
