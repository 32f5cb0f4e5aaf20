"""An achievement in the API."""

from rest_framework import serializers

from marketplace.achievements.forms import STEPS
from marketplace.listings.serializers import ListingRead, ListingWrite


class AchievementRead(ListingRead):
    """An achievement as the public sees it; nothing confidential, no contact."""

    steps = STEPS
    shown = (
        *("innovation", "scenario", "description", "comparison", "attribute", "level", "stage"),
        *("trl", "trl_evidence", "has_sample", "is_state_owned", "pricing_mode"),
        *("price_min", "price_max", "evaluation"),
    )

    proposed_title = serializers.BooleanField()
    transferred_how = serializers.CharField()


class AchievementWrite(ListingWrite):
    """A new achievement. Only the title is demanded; submission says what else is missing."""

    steps = STEPS
