"""The states of a need, the moves between them, and the ways in which it can be solved."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import Ending, State, listing_flow


class SolvedHow(TextChoices):
    """How a need was solved."""

    PLATFORM = "platform", _("通过本平台找到了合作方")
    SELF = "self", _("企业自行解决")
    ELSEWHERE = "elsewhere", _("通过其他渠道解决")


SOLVED = Ending("solve", _("标记为已解决"), State.SOLVED, _("已解决"), "solved_how", SolvedHow)
NEED = listing_flow("needs.need", published=_("征集中"), ending=SOLVED)
Status = NEED.states
