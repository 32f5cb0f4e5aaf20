"""Experts, panels, scores and approaches."""

from marketplace.evaluation.models.experts import Employment, Exclusion, Expert, Field, Relation
from marketplace.evaluation.models.panels import Approach, Panel, PanelRequest, Seat
from marketplace.evaluation.models.scores import Explanation, Rejection, Score, Sheet

__all__ = [
    "Approach",
    "Employment",
    "Exclusion",
    "Expert",
    "Explanation",
    "Field",
    "Panel",
    "PanelRequest",
    "Rejection",
    "Relation",
    "Score",
    "Seat",
    "Sheet",
]
