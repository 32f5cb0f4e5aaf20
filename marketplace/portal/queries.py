"""Search over everything, and what the sitemap lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse

from marketplace.achievements.models import Achievement
from marketplace.kernel.codes import read_code
from marketplace.listings import queries as listings
from marketplace.needs.models import Need
from marketplace.parties import queries as parties
from search import engine
from search.query import Query

MAX_TEXT = 200
#: How many of each kind the overview shows.
FIRST = 5
#: A sitemap file may hold 50,000 addresses; smaller ones are made quicker.
SITEMAP_SIZE = 2_000


@dataclass(frozen=True)
class Section:
    """One kind of result: index name, label, how ids become rows, where the full list is."""

    name: str
    label: Any
    rows: Callable[[Any, list[str]], list[Any]]
    template: str
    list_url: str


@dataclass(frozen=True)
class Found:
    """What one section found."""

    section: Section
    total: int
    rows: list[Any]
    url: str
    loosened: bool = False
    degraded: bool = False


#: By the first letters of a code: who may see which rows, and the page of one.
_PAGES: dict[str, tuple[Callable[[Any], "QuerySet[Any]"], str]] = {
    "XQ": (lambda actor: listings.visible_to(Need, actor), "needs:detail"),
    "CG": (lambda actor: listings.visible_to(Achievement, actor), "achievements:detail"),
    "JG": (parties.visible_to, "parties:organization"),
}
_sections: list[Section] = []
_sitemaps: list[str] = []


def register_sitemap(path: str) -> None:
    """Let a tree above name a sitemap file of its own; called when apps are ready."""
    if path not in _sitemaps:
        _sitemaps.append(path)


def further_sitemaps() -> list[str]:
    """The paths of the sitemap files that trees above have named."""
    return list(_sitemaps)


def register_section(section: Section) -> None:
    """Let a tree above add its own kind of result; called when apps are ready."""
    if section.name not in {known.name for known in _sections}:
        _sections.append(section)


def search_everything(text: str, actor: Any) -> list[Found]:
    """The first results of every section; empty sections are kept, so that tabs stay in place."""
    found = []
    for section in _sections:
        results = engine.find(section.name, Query(text[:MAX_TEXT], size=FIRST))
        rows = section.rows(actor, [hit.id for hit in results.hits])
        url = reverse(section.list_url)
        found.append(Found(section, results.total, rows, url, results.loosened, results.degraded))
    return found


def page_of_code(typed: str, actor: Any) -> str:
    """The address of what has this code, if the reader may see it; "" otherwise, or for no code."""
    code = read_code(typed)
    opened = _PAGES.get(code[:2])
    if opened is None:
        return ""
    visible, page = opened
    return reverse(page, args=[code]) if visible(actor).filter(code=code).exists() else ""


def listing_rows(model: Any) -> Callable[[Any, list[str]], list[Any]]:
    """How codes of a listing become rows that this reader may see."""
    return lambda actor, codes: listings.in_order(model, actor, codes)


def sitemap_sections() -> "dict[str, Paginator[Any]]":
    """The rows that search engines are told of, in files of SITEMAP_SIZE."""
    published = {"status": "published"}
    rows = {
        "achievements": Achievement.objects.filter(**published)
        .order_by("pk")
        .only("code", "updated_at"),
        "needs": Need.objects.filter(**published).order_by("pk").only("code", "updated_at"),
        "orgs": parties.public_organizations().order_by("pk").only("code", "updated_at"),
    }
    return {name: Paginator(query, SITEMAP_SIZE) for name, query in rows.items()}
