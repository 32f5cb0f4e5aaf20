"""How a broker becomes a search document: what anybody reads on the page, by consent to each item."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker
from marketplace.kernel.codes import written
from marketplace.kernel.pages import in_pages
from marketplace.kernel.unreadable import streamed
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, SourceRow, Text

#: While there is no index, so many of those entered last are looked through.
LOOKED_AT = 20_000
#: How many rows are read at a time while an index is built.
PAGE = 500
_TEXTS = ("name", "name_en", "introduction", "introduction_en", "code")


def document(face: queries.Face) -> Document:
    """The public part of an entry, without contacts: those are for readers who are signed in."""
    row = face.broker
    labels = [shown.label for shown in face.certificates]
    issuers = [shown.issuer for shown in face.certificates]
    numbers = [shown.number for shown in face.certificates if shown.number]
    return {
        "name": row.name,
        "name_en": row.name_en,
        "introduction": row.introduction,
        "introduction_en": row.introduction_en,
        "certificates": "\n".join([*labels, *issuers]),
        "names": "\n".join([written(row.code), face.where, *numbers]),
        "field": list(row.fields),
        "industry": list(row.industries),
        "district": list(row.districts),
        "language": list(row.languages),
        "level": face.level,
        "scheme": list(face.schemes),
        "organization": face.organization.code if face.organization else "",
        "entered_at": row.entered_at,
    }


def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
    """Documents of who is in the register, tombstones for the rest."""
    found = queries.brokers()
    if codes is not None:
        found = found.filter(code__in=codes)
    page: list[Broker] = []
    for row in in_pages(found, PAGE):
        page.append(row)
        if len(page) == PAGE:
            yield from _documents(page)
            page = []
    yield from _documents(page)


def _documents(page: list[Broker]) -> Iterator[SourceRow]:
    for face in queries.faces_of(page):
        row = face.broker
        yield row.code, row.rev, document(face) if row.is_entered else None


def newest(words: Sequence[str]) -> Iterator[SourceRow]:
    """Who is in the register, newest first, with each of these words in one of the texts."""
    recent = queries.entered_brokers().values("pk")[:LOOKED_AT]
    found: QuerySet[Broker] = queries.entered_brokers().filter(pk__in=recent)
    for word in words:
        within = Q()
        for text in _TEXTS:
            within |= Q(**{f"{text}__icontains": word})
        found = found.filter(within)
    for row in streamed(found, 100):
        yield row.code, row.rev, document(queries.face_of(row))


def shown(codes: Sequence[str]) -> Iterable[str]:
    """Which of these are in the register now; one query."""
    return queries.entered_brokers().filter(code__in=codes).values_list("code", flat=True)


_FIELDS: dict[str, Any] = {
    "name": Text(title=True, suggest=2),
    "introduction": Text(),
    "certificates": Text(),
    "name_en": Text(title=True, translation=True, suggest=1),
    "introduction_en": Text(translation=True),
    # The code, the organisation's name and the numbers of certificates, each by its own consent.
    "names": Text(naming=True),
    "field": Keyword(multi=True),
    "industry": Keyword(multi=True),
    "district": Keyword(multi=True),
    "language": Keyword(multi=True),
    "level": Keyword(),
    "scheme": Keyword(multi=True),
    "organization": Keyword(),
    "entered_at": Date(),
}

BROKERS = schema.register(
    IndexSpec(
        name="brokers",
        label=_("技术经纪人"),
        fields=_FIELDS,
        source=rows,
        newest=newest,
        shown=shown,
        size=Broker.objects.count,
        default_sort="-entered_at",
    )
)
