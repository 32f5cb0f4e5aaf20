"""Facts about decisions that exclude somebody. The identifying note of a person is in none of them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

DECISION = "exclusions.decision"
RUN = "exclusions.run"


@dataclass(frozen=True, kw_only=True)
class DecisionRecorded(Event):
    """The operator or the authority recorded a decision of a competent body."""

    subject_kind = DECISION
    label = _("已录入禁止参加的决定")


@dataclass(frozen=True, kw_only=True)
class DecisionCorrected(Event):
    """What was recorded differed from the document. `changed` names the columns; `was_…` whom the row named before."""

    subject_kind = DECISION
    label = _("已更正录入的决定")
    reason: str
    changed: tuple[str, ...] = ()
    was_person: int | None = None
    was_uscc: str = ""


@dataclass(frozen=True, kw_only=True)
class DecisionLifted(Event):
    """The body lifted its decision by another document, from `at` (ISO, UTC) on."""

    subject_kind = DECISION
    label = _("决定已提前解除")
    number: str
    at: str


@dataclass(frozen=True, kw_only=True)
class DecisionVoided(Event):
    """The row was a mistake: no such decision exists."""

    subject_kind = DECISION
    label = _("误录的决定已作废")
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionsImported(Event):
    """The rows of a sheet were recorded, those that could be read."""

    subject_kind = RUN
    label = _("已从表格导入决定")
    recorded: int
    refused: int
