"""How an organisation becomes a search document: what anybody reads on its page, once it is verified."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.codes import written
from marketplace.kernel.pages import in_pages
from marketplace.kernel.unreadable import streamed
from marketplace.parties import queries, rulebook
from marketplace.parties.models import Organization
from search import schema
from search.schema import Date, Document, IndexSpec, Keyword, SourceRow, Text

#: While there is no index, so many of those verified last are looked through.
LOOKED_AT = 20_000
#: How many rows are read at a time while an index is built.
PAGE = 500
_TEXTS = ("name", "name_en", "summary", "summary_en", "code", "uscc")


def document(org: Organization) -> Document:
    """The public part of an organisation: no contact, no address."""
    return {
        "name": org.name,
        "name_en": org.name_en,
        "summary": org.summary,
        "summary_en": org.summary_en,
        "honors": "\n".join(str(honor) for honor in org.honors),
        "names": "\n".join([written(org.code), org.uscc or "", rulebook.short_name(org.name)]),
        "kind": org.kind,
        "district": org.district,
        "scale": org.scale,
        "verified_at": org.verified_at,
    }


def rows(codes: Sequence[str] | None) -> Iterator[SourceRow]:
    """Documents of what is verified, tombstones for the rest."""
    found = Organization.objects.all()
    if codes is not None:
        found = found.filter(code__in=codes)
    for org in in_pages(found, PAGE):
        yield org.code, org.rev, document(org) if org.is_verified else None


def newest(words: Sequence[str]) -> Iterator[SourceRow]:
    """What is verified, newest first, with each of these words in one of its texts."""
    recent = queries.public_organizations().order_by("-verified_at", "-pk").values("pk")[:LOOKED_AT]
    found = queries.public_organizations().filter(pk__in=recent)
    for word in words:
        within = Q()
        for text in _TEXTS:
            within |= Q(**{f"{text}__icontains": word})
        found = found.filter(within)
    for org in streamed(found.order_by("-verified_at", "-pk"), 100):
        yield org.code, org.rev, document(org)


def shown(codes: Sequence[str]) -> Iterable[str]:
    """Which of these are verified now; one query."""
    return queries.public_organizations().filter(code__in=codes).values_list("code", flat=True)


_FIELDS: dict[str, Any] = {
    "name": Text(title=True, suggest=2),
    "summary": Text(),
    "honors": Text(),
    "name_en": Text(title=True, translation=True, suggest=1),
    "summary_en": Text(translation=True),
    # Its number, its credit code, its short name.
    "names": Text(naming=True),
    "kind": Keyword(),
    "district": Keyword(),
    "scale": Keyword(),
    "verified_at": Date(),
}

ORGANIZATIONS = schema.register(
    IndexSpec(
        name="organizations",
        label=_("单位"),
        fields=_FIELDS,
        source=rows,
        newest=newest,
        shown=shown,
        size=Organization.objects.count,
        default_sort="-verified_at",
    )
)
