"""The states of an achievement and the moves between them, and the states of an imported batch."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import listing_flow


class Status(TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("已退回")
    PUBLISHED = "published", _("可合作")
    EXPIRED = "expired", _("已到期")
    WITHDRAWN = "withdrawn", _("已撤回")
    TRANSFERRED = "transferred", _("已转化")


ACHIEVEMENT = listing_flow(
    Status,
    slice_name="achievements",
    noun="achievement",
    end=("transfer", _("标记为已转化")),
    end_state=Status.TRANSFERRED,
)


class BatchStatus(TextChoices):
    """How far an import is. Its achievements have their own states."""

    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("已检查")
    IMPORTING = "importing", _("导入中")
    IN_REVIEW = "in_review", _("待审核")
    DECIDING = "deciding", _("处理中")
    CLOSED = "closed", _("已审核")
    FAILED = "failed", _("未能导入")
