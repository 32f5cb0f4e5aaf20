"""Evaluations over REST, by the same services as the pages: panels, a member's seat, questions to bidders."""

from marketplace.evaluation.api.explaining import ExplanationAnswer, ExplanationCollection
from marketplace.evaluation.api.panels import (
    OwnExpert,
    PanelCollection,
    PanelItem,
    PanelMove,
    ScoreCollection,
)
from marketplace.evaluation.api.seats import (
    SeatCollection,
    SeatItem,
    SeatMove,
    SeatQuestions,
    SeatRejections,
    SeatScores,
)

__all__ = [
    "ExplanationAnswer",
    "ExplanationCollection",
    "OwnExpert",
    "PanelCollection",
    "PanelItem",
    "PanelMove",
    "ScoreCollection",
    "SeatCollection",
    "SeatItem",
    "SeatMove",
    "SeatQuestions",
    "SeatRejections",
    "SeatScores",
]
