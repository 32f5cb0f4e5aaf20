"""How a page becomes a search document: what any visitor may read, in the language it is in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms import queries
from cms.models import NewsPage, PolicyPage
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, SourceRow, Text


def document(page: Any) -> Document:
    """Title, summary and all words of the body."""
    dated = isinstance(page, NewsPage | PolicyPage)
    words = page.body.stream_block.get_searchable_content(page.body)
    return {
        "title": page.title,
        "summary": page.teaser,
        "body": "\n".join(str(word) for word in words),
        "kind": type(page).__name__.removesuffix("Page").lower(),
        "language": page.locale.language_code,
        "published_at": page.published_at if dated else page.first_published_at,
    }


def revision(page: Any) -> int:
    """Milliseconds of the last change, so that a page published again is newer than ever before."""
    times = (page.last_published_at, page.latest_revision_created_at, page.first_published_at)
    return int(max((time.timestamp() for time in times if time), default=0) * 1000)


def rows(names: Sequence[str] | None) -> Iterator[SourceRow]:
    """Documents of published pages, tombstones for those taken down."""
    for page in queries.pages_by_document(names):
        yield queries.document_of(page), revision(page), document(page) if page.live else None


ARTICLES = schema.register(
    IndexSpec(
        name="articles",
        label=_("文章"),
        fields={
            "title": Text(title=True),
            "summary": Text(),
            "body": Text(),
            "kind": Keyword(),
            "language": Keyword(),
            "published_at": Date(),
        },
        source=rows,
        size=lambda: sum(model.objects.count() for model in queries.SEARCHED),
        default_sort="-published_at",
    )
)
