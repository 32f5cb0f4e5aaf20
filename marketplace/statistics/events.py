"""Facts about published figures and targets."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class TargetSet(Event):
    """A target was set or taken back for a year, for the city or one district."""

    subject_kind = "statistics.target"
    label = _("设定成交额目标")
    book: str
    year: int
    district: str = ""


@dataclass(frozen=True, kw_only=True)
class FiguresIssued(Event):
    """Figures of a year were published; `blocks` is how many cells moved."""

    subject_kind = "statistics.issue"
    label = _("公布统计数字")
    book: str
    year: int
    blocks: int
