"""A need in the API."""

from rest_framework import serializers

from marketplace.listings.serializers import ListingRead, ListingWrite
from marketplace.needs.forms import STEPS


class NeedRead(ListingRead):
    """A need as the public sees it; nothing confidential, no contact."""

    steps = STEPS
    shown = (
        *("kind", "background", "problem", "content", "basis", "conditions", "intended_partner"),
        *("ip_terms", "trl_min", "budget_min", "budget_max", "deadline"),
    )

    solved_how = serializers.CharField()


class NeedWrite(ListingWrite):
    """A new need. Only the title is demanded; submission says what else is missing."""

    steps = STEPS
