"""Facts about visits."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

VISIT = "visits.visit"


@dataclass(frozen=True, kw_only=True)
class VisitAsked(Event):
    """A guest asked a host."""

    subject_kind = VISIT
    label = _("预约参观")


@dataclass(frozen=True, kw_only=True)
class VisitAgreed(Event):
    """The host agreed."""

    subject_kind = VISIT
    label = _("同意参观")


@dataclass(frozen=True, kw_only=True)
class VisitEnded(Event):
    """The visit does not take place: `because` is the name of the move, "lapse" or "cancel"."""

    subject_kind = VISIT
    label = _("参观结束")
    because: str
