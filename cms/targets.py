"""Places inside the product that editors may link to by name, so that a link outlives an address."""

from typing import Any

from marketplace.web import navigation
from marketplace.web.slices import parts


def _targets() -> dict[str, Any]:
    return {link.page: link.label for link in parts("links") if link.place == "editor"}


def choices() -> list[tuple[str, Any]]:
    """The places, for a field of an editor's form."""
    return list(_targets().items())


def address(name: str) -> str:
    """The address in the reader's language; empty while no such page exists."""
    return navigation.address(name) if name in _targets() else ""
