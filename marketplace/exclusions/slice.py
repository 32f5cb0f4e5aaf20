"""What the shells need to know of decisions that exclude somebody."""

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.exclusions import queries
from marketplace.exclusions.policies import READERS
from marketplace.parties.policies import access_of
from marketplace.web.slices import CodePage, MenuItem, Slice


def _concerned(user: Any) -> bool:
    """Who keeps or oversees the register. Whoever it names is led there by what refuses him: no page asks for it."""
    # As the permission says, without `has_perm`: every menu asks, and a refusal costs Django two queries.
    return access_of(user).has(*READERS)


SLICE = Slice(
    "exclusions",
    "marketplace.exclusions.urls",
    menu=(
        MenuItem(
            gettext_lazy("禁止参加的决定"), "exclusions:list", "warn", "calls", 64, _concerned
        ),
    ),
    codes=(
        CodePage("JC", queries.visible_to, "exclusions:show"),
        CodePage("JP", queries.runs_read_by, "exclusions:run"),
    ),
)
