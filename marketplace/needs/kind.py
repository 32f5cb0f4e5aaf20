"""What the shared pages and the API need to know about needs: facets, moves, reasons, functions."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.filters import PRICE_BANDS, Facet
from marketplace.listings.forms import RenewForm, WithdrawForm
from marketplace.listings.kind import Kind, Move, Shape
from marketplace.needs import queries, services
from marketplace.needs.exports import COLUMNS
from marketplace.needs.forms import STEPS, SolveForm
from marketplace.needs.models import Need
from marketplace.needs.workflow import NEED

RETURN_REASONS = [
    ("vague", _("技术难点写得不够具体，请说明现状、差距和已试过的办法")),
    ("indicators", _("指标无法测量，请写明数值、单位和检测方法")),
    ("ownership", _("请说明知识产权归属和合作条件")),
    ("secret", _("公开部分含有保密内容，请移到“保密内容”一栏")),
    ("not_tech", _("内容不属于技术需求（如采购、招聘），请改投相应渠道")),
    ("duplicate", _("与已发布的需求重复")),
]

MOVES = {
    "recall": Move(services.recall_need, _("撤回后回到草稿，可以继续修改，修改好再提交。")),
    "renew": Move(services.renew_need, _("从今天起重新计算有效期。"), form=RenewForm),
    "revise": Move(
        services.revise_need, _("需求会暂时从公开页面下线，修改后需要重新审核。"), danger=True
    ),
    "solve": Move(
        services.solve_need,
        _("需求会标记为已解决，不再接受新的匹配，此操作不能撤销。"),
        form=SolveForm,
    ),
    "withdraw": Move(
        services.withdraw_need,
        _("需求不再展示，原网址会提示已撤回，此操作不能撤销。"),
        form=WithdrawForm,
        danger=True,
    ),
    "delete": Move(
        services.delete_need, _("草稿和附件会被删除，不能恢复。"), danger=True, done=_("草稿已删除")
    ),
}

FACETS = (
    Facet("industry", _("行业"), "industry"),
    Facet("kind", _("需求类型"), "need_kind"),
    Facet("field", _("技术领域"), "field"),
    Facet("cooperation", _("合作方式"), "cooperation"),
    Facet("price_band", _("预算"), table=PRICE_BANDS),
    Facet("owner_kind", _("发布单位"), "org_kind"),
    Facet("district", _("区县"), "district"),
    Facet("status", _("状态"), table={"published": _("征集中"), "solved": _("已解决")}),
)

KIND = Kind(
    name="needs",
    noun="need",
    title=_("技术需求"),
    model=Need,
    flow=NEED,
    steps=STEPS,
    shape=Shape(
        visible_to=queries.visible_to,
        own=queries.own_needs,
        queue=queries.needs_to_review,
        quality=queries.quality_of,
        create=services.create_need,
        create_whole=services.create_whole_need,
        save=services.save_need,
        submit=services.submit_need,
        give_back=services.return_need,
        publish=services.publish_need,
        contact=services.show_contact,
    ),
    moves=MOVES,
    facets=FACETS,
    return_reasons=RETURN_REASONS,
    columns=COLUMNS,
)
