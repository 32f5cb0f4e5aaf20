"""The pages of achievements: the shared listing pages, told what an achievement is."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from marketplace.achievements import queries, services
from marketplace.achievements.forms import STEPS, TransferForm
from marketplace.achievements.models import Achievement
from marketplace.achievements.workflow import ACHIEVEMENT
from marketplace.listings import views as listings
from marketplace.listings.filters import PRICE_BANDS, Facet
from marketplace.listings.forms import RenewForm, WithdrawForm
from marketplace.listings.views import Kind, Move, Shape

RETURN_REASONS = [
    ("vague", _("技术方案写得不够具体，请说明原理、做法和关键条件")),
    ("benefit", _("请与现有方案比较，说明优势和成本")),
    ("scenario", _("应用场景不清，请写明用在什么产品或工序")),
    ("evidence", _("指标或成熟度缺少依据，请补充检测、评价或用户证明")),
    ("rights", _("权属不清，请补充知识产权和份额")),
    ("secret", _("公开部分含有保密内容，请移到“保密内容”一栏")),
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
        _("成果会标记为已转化，不再进入新的匹配，此操作不能撤销。"),
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

FACETS = (
    Facet("industry", _("行业"), "industry"),
    Facet("cooperation", _("合作方式"), "cooperation"),
    Facet("trl", _("技术成熟度"), "trl", open=False),
    Facet("price_band", _("意向价格"), table=PRICE_BANDS),
    Facet("field", _("技术领域"), "field", open=False),
    Facet("owner_kind", _("持有单位"), "org_kind"),
    Facet("ip", _("知识产权"), "ip_kind", open=False),
    Facet("district", _("地区"), "district", open=False),
    Facet("status", _("状态"), table={"published": _("已发布"), "transferred": _("已转化")}),
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
)

achievement_list = partial(listings.list_listings, kind=KIND)
achievement_detail = partial(listings.show_listing, kind=KIND)
achievement_contact = partial(listings.show_contact, kind=KIND)
achievement_new = partial(listings.new_listing, kind=KIND)
achievement_edit = partial(listings.edit_listing, kind=KIND)
achievement_check = partial(listings.check_listing, kind=KIND)
own_achievements = partial(listings.own_listings, kind=KIND)
achievement_manage = partial(listings.manage_listing, kind=KIND)
achievement_act = partial(listings.act_on_listing, kind=KIND)
achievement_review = partial(listings.review_listing, kind=KIND)
