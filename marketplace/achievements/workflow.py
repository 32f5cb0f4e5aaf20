"""The states of an achievement and the moves between them, and the states of an imported batch."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import State, listing_flow, states_of

Status = states_of(_("可合作"), State.TRANSFERRED, _("已转化"))


class TransferredHow(TextChoices):
    """How an achievement was transferred."""

    PLATFORM = "platform", _("通过本平台找到了合作方")
    SELF = "self", _("本单位自行实施")
    ELSEWHERE = "elsewhere", _("通过其他渠道转化")


ACHIEVEMENT = listing_flow(
    Status,
    slice_name="achievements",
    noun="achievement",
    end=("transfer", _("标记为已转化")),
    end_state=State.TRANSFERRED,
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
