"""The states of a need and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import listing_flow


class Status(TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("已退回")
    PUBLISHED = "published", _("征集中")
    EXPIRED = "expired", _("已到期")
    WITHDRAWN = "withdrawn", _("已撤回")
    SOLVED = "solved", _("已解决")


NEED = listing_flow(
    Status,
    slice_name="needs",
    noun="need",
    end=("solve", _("标记为已解决")),
    end_state=Status.SOLVED,
)
