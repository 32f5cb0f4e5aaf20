"""The states of a need, the moves between them, and the ways in which it can be solved."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import State, listing_flow, states_of

Status = states_of(_("征集中"), State.SOLVED, _("已解决"))


class SolvedHow(TextChoices):
    """How a need was solved."""

    PLATFORM = "platform", _("通过本平台找到了合作方")
    SELF = "self", _("企业自行解决")
    ELSEWHERE = "elsewhere", _("通过其他渠道解决")


NEED = listing_flow(
    Status,
    slice_name="needs",
    noun="need",
    end=("solve", _("标记为已解决")),
    end_state=State.SOLVED,
)
