"""The pages of results, letters and the work after an award."""

from marketplace.awards.views.deliveries import deliveries, delivery
from marketplace.awards.views.letters import letter, letter_pdf
from marketplace.awards.views.results import decline, detail, manage, own

__all__ = [
    "decline",
    "deliveries",
    "delivery",
    "detail",
    "letter",
    "letter_pdf",
    "manage",
    "own",
]
