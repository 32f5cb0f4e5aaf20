"""Results of lots with their entries and awards; the work after the award."""

from marketplace.awards.models.deliveries import (
    DELIVERY_FILES,
    Delivery,
    Inspection,
    Judgement,
    Milestone,
)
from marketplace.awards.models.results import AWARD_FILES, Award, Entry, Reminder, Result

__all__ = [
    "AWARD_FILES",
    "DELIVERY_FILES",
    "Award",
    "Delivery",
    "Entry",
    "Inspection",
    "Judgement",
    "Milestone",
    "Reminder",
    "Result",
]
