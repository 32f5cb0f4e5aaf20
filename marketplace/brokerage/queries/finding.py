"""What a broker looks for when an introduction is recorded by hand: listings and organisations by words."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kinds
from marketplace.listings.workflow import State
from marketplace.parties.models import Organization
from marketplace.parties.queries import visible_to

#: Rows of each list, and words that are looked at.
MOST_FOUND, MOST_WORDS = 8, 5


def find_listings(words: str, actor: Actor) -> list[Any]:
    """Published listings with these words in title or code, newest first.

    Those of a hidden owner are left out: they are introduced from an enquiry.
    """
    found: list[Any] = []
    for kind in kinds():
        rows = kind.visible_to(actor).filter(status=State.PUBLISHED)
        if any(field.name == "hide_owner" for field in kind.model._meta.fields):  # noqa: SLF001 -- Django's documented name
            rows = rows.filter(hide_owner=False)
        rows = rows.filter(*_said(words, "title", "code", "owner__name"))
        found += rows.select_related("owner").order_by("-published_at", "-id")[:MOST_FOUND]
    return found


def find_organizations(words: str, actor: Actor) -> QuerySet[Organization]:
    """Organisations with these words in name, code or credit code, by name."""
    rows = visible_to(actor).filter(*_said(words, "name", "code", "uscc"))
    return rows.order_by("name", "id")[:MOST_FOUND]


def _said(words: str, *fields: str) -> Iterable[Q]:
    for word in words.split()[:MOST_WORDS]:
        condition = Q()
        for name in fields:
            condition |= Q(**{f"{name}__icontains": word})
        yield condition
