"""What the shells need to know of decisions that exclude somebody."""

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.exclusions import queries
from marketplace.web.slices import CodePage, MenuItem, Slice


def _concerned(user: Any) -> bool:
    """Who keeps or oversees the register, and whoever it names."""
    return user.has_perm("exclusions.read_register") or queries.visible_to(user).exists()


SLICE = Slice(
    "exclusions",
    "marketplace.exclusions.urls",
    menu=(
        MenuItem(gettext_lazy("禁止参加的决定"), "exclusions:list", "warn", "work", 64, _concerned),
    ),
    codes=(
        CodePage("JC", queries.visible_to, "exclusions:show"),
        CodePage("JP", queries.runs_read_by, "exclusions:run"),
    ),
)
