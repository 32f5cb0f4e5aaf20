"""The states of an achievement and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import listing_flow


class Status(TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("已退回")
    PUBLISHED = "published", _("已发布")
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
