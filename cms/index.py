"""How a page becomes a search document: what any visitor may read, in the language it is in."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms import queries
from cms.models import NewsPage, PolicyPage
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, SourceRow, Text

#: Where counting begins. Indexes made before articles were counted hold milliseconds of a clock
#: instead, and an index takes no revision that is lower than the one it has: this is the year 2109.
FIRST = 2**42


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


def rows(names: Sequence[str] | None) -> Iterator[SourceRow]:
    """Documents of published pages, tombstones for those taken down and for those deleted."""
    left = queries.counts_by_document(names)
    for page in queries.pages_by_document(names):
        name = queries.document_of(page)
        left.pop(name, None)
        yield name, FIRST + page.changes, document(page) if page.live else None
    for name, changes in left.items():
        yield name, FIRST + changes, None


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
