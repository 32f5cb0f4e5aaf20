"""Search over everything, and what the sitemap lists."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse

from marketplace.kernel.codes import read_code
from marketplace.web.slices import Section, parts
from search import engine
from search.query import Query

MAX_TEXT = 200
#: How many of each kind the overview shows.
FIRST = 5
#: A sitemap file may hold 50,000 addresses; smaller ones are made quicker.
SITEMAP_SIZE = 2_000


@dataclass(frozen=True)
class Found:
    """What one section found."""

    section: Section
    total: int
    rows: list[Any]
    url: str
    loosened: bool = False
    degraded: bool = False


def search_everything(text: str, actor: Any) -> list[Found]:
    """The first results of every section; empty sections are kept, so that tabs stay in place."""
    found = []
    for section in parts("sections"):
        results = engine.find(section.name, Query(text[:MAX_TEXT], size=FIRST))
        rows = section.rows(actor, [hit.id for hit in results.hits])
        url = reverse(section.page)
        found.append(Found(section, results.total, rows, url, results.loosened, results.degraded))
    return found


def page_of_code(typed: str, actor: Any) -> str:
    """The address of what has this code, if the reader may see it; "" otherwise, or for no code."""
    code = read_code(typed)
    found = next((one for one in parts("codes") if code.startswith(one.prefix)), None)
    if not code or found is None or not found.visible_to(actor).filter(code=code).exists():
        return ""
    return reverse(found.page, args=[code])


def sitemap_sections() -> "dict[str, tuple[str, Paginator[Any]]]":
    """What search engines are told of: page of a row, and its rows in files of SITEMAP_SIZE."""
    return {one.name: (one.page, Paginator(one.rows(), SITEMAP_SIZE)) for one in parts("sitemaps")}
