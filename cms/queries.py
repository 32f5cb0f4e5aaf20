"""Questions about pages: what search engines are told, what the site's own search shows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import translation

from wagtail.models import Page

from cms.addresses import full_address_of
from cms.models import ArticleCount, NewsPage, PolicyPage, StandardPage
from marketplace.kernel.pages import in_pages

#: So many pages are read at a time.
_PAGE = 100
#: What the site-wide search finds.
SEARCHED = (NewsPage, PolicyPage, StandardPage)


def document_of(page: Any) -> str:
    """The page's name in the search index: one for each language of an article."""
    return f"{page.translation_key.hex}.{page.locale.language_code}"


def pages_by_document(names: Sequence[str] | None) -> Iterator[Any]:
    """The pages of these names, or all that are searched; one query for each page type.

    `changes` says how often a page has changed for readers, read in one statement with its text.
    """
    wanted = Q() if names is None else _named(names, "locale__language_code")
    counted = ArticleCount.objects.filter(
        translation_key=OuterRef("translation_key"), language=OuterRef("locale__language_code")
    )
    changes = Coalesce(Subquery(counted.values("rev")), 0)
    for model in SEARCHED:
        pages = model.objects.filter(wanted).annotate(changes=changes)
        yield from in_pages(pages.select_related("locale"), _PAGE)


def counts_by_document(names: Sequence[str] | None) -> dict[str, int]:
    """How often each document of these names, or each there ever was, has changed for readers."""
    wanted = Q() if names is None else _named(names, "language")
    rows = ArticleCount.objects.filter(wanted).values_list("translation_key", "language", "rev")
    return {f"{key.hex}.{language}": rev for key, language, rev in rows}


def _named(names: Iterable[str], column: str) -> Q:
    by_language: dict[str, list[UUID]] = {}
    for name in names:
        key, _dot, language = name.partition(".")
        by_language.setdefault(language, []).append(UUID(key))
    found = Q(pk__in=[])
    for language, keys in by_language.items():
        found |= Q(translation_key__in=keys, **{column: language})
    return found


def found_pages(names: Sequence[str]) -> list[Any]:
    """The published pages of a search's hits in their order, each article once.

    Where an article was found in two languages, the reader's own is shown.
    """
    place = {name.partition(".")[0]: index for index, name in reversed(list(enumerate(names)))}
    reader = translation.get_language()
    shown: dict[str, Any] = {}
    for page in pages_by_document(names):
        key = page.translation_key.hex
        if page.live and (key not in shown or page.locale.language_code == reader):
            shown[key] = page
    return [shown[key] for key in sorted(shown, key=place.__getitem__)]


def sitemap_entries() -> list[tuple[str, str, datetime]]:
    """(Chinese address, English address or "", last change) of every published page, in full.

    Two queries. A page that exists in English only is left to its own language's links.
    """
    pages = (
        Page.objects.live()
        .filter(depth__gt=1)
        .select_related("locale")
        .order_by("path")
        .only(
            "url_path",
            "translation_key",
            "locale",
            "last_published_at",
            "latest_revision_created_at",
        )
    )
    by_key: dict[Any, dict[str, Any]] = {}
    for page in pages:
        by_key.setdefault(page.translation_key, {})[page.locale.language_code] = page
    entries = []
    for versions in by_key.values():
        chinese, english = versions.get(settings.LANGUAGE_CODE), versions.get("en")
        if chinese is not None:
            changed = max(_changed(page) for page in versions.values())
            address = full_address_of(english) if english is not None else ""
            entries.append((full_address_of(chinese), address, changed))
    return entries


def _changed(page: Any) -> datetime:
    return page.last_published_at or page.latest_revision_created_at or page.first_published_at
