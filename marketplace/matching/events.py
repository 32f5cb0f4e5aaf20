"""What happens to a match. Names and fields are a stored contract."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class MatchMarked(Event):
    """One side judged a match: `side` need or achievement, `verdict` fits or dismissed."""

    subject_kind = "matching.match"
    label = _("评价匹配结果")
    side: str = ""
    verdict: str = ""
    reason: str = ""
