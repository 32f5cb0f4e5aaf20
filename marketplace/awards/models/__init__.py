"""Results of lots with their entries and awards; the work after the award."""

from marketplace.awards.models.deliveries import (
    DELIVERY_FILES,
    Inspection,
    Judgement,
    Milestone,
    TaskBook,
)
from marketplace.awards.models.results import AWARD_FILES, Award, Entry, Reminder, Result

__all__ = [
    "AWARD_FILES",
    "DELIVERY_FILES",
    "Award",
    "Entry",
    "Inspection",
    "Judgement",
    "Milestone",
    "Reminder",
    "Result",
    "TaskBook",
]
