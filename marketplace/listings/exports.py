"""Lists as spreadsheets: what every kind has in common, and how a listing becomes a row of cells.

The same columns are read by the import, so that an exported list can be brought in again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.money import FEN_PER_YUAN, in_wan
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.rulebook import SIGNS, plain
from marketplace.sheets.exports import Export, register
from marketplace.sheets.writers import Column
from marketplace.taxonomy import queries as taxonomy

_CHUNK = 200
#: Separates the parts of one entry. A cell holds several entries, each on a line.
BAR = "|"
#: Signs as cells show them; a range has none of its own.
RANGE_SIGN = "~"


@dataclass(frozen=True)
class ListingColumn:
    """One column: what it is called, how a listing's value is written into it.

    `name` is the form's field or the child table; `scheme` the code list its values come from.
    `is_private` columns are written for the owner alone.
    """

    name: str
    title: Any
    write: Callable[[Any], Any]
    width: int = 16
    note: Any = ""
    scheme: str = ""
    required: bool = False
    is_private: bool = False
    aliases: tuple[str, ...] = ()

    def for_sheet(self) -> Column:
        """The column as the writer takes it."""
        choices = [term.label for term in taxonomy.terms(self.scheme)] if self.scheme else []
        return Column(
            str(self.title), self.width, choices, required=self.required, note=str(self.note)
        )


def register_lists(
    model: type[Listing], title: Any, columns: Sequence[ListingColumn], children: Sequence[str]
) -> None:
    """Register the two exports of a kind: `needs` for everybody, `needs.own` for the owner's members.

    Private columns are in the second alone. `children` are the child tables that the rows need.
    """
    name = model._meta.app_label  # noqa: SLF001 -- public API of Django
    shared = [column for column in columns if not column.is_private]
    seen, own = partial(queries.visible_to, model), partial(queries.own, model)
    register(
        Export(name, title, *_written(seen, shared, children)),
        Export(
            own_name(name),
            title,
            *_written(own, columns, children),
            may=lambda actor: actor.is_authenticated,
            is_private=True,
        ),
    )


def own_name(name: str) -> str:
    """The name of the export that is for the owner's members alone."""
    return f"{name}.own"


def _written(
    listings: Callable[[Actor], QuerySet[Any]],
    columns: Sequence[ListingColumn],
    children: Sequence[str],
) -> tuple[Callable[[], list[Column]], Callable[[Any, Iterable[str]], Iterator[list[Any]]]]:
    """Headings and rows of an export of the listings that an actor may have."""
    return (
        lambda: [column.for_sheet() for column in columns],
        lambda actor, codes: rows_of(listings(actor).prefetch_related(*children), codes, columns),
    )


# --- how values are written -------------------------------------------------------------------
def as_is(name: str) -> Callable[[Any], Any]:
    """A text, number or day as it is stored."""
    return lambda listing: getattr(listing, name)


def as_term(name: str, scheme: str) -> Callable[[Any], str]:
    """The label of a code with the labels above it: 新材料 / 磁性材料."""

    def write(listing: Any) -> str:
        code = getattr(listing, name)
        if not code:
            return ""
        return " / ".join(
            taxonomy.label(scheme, part)
            for part in [*reversed(taxonomy.ancestors(scheme, code)), code]
        )

    return write


def as_terms(name: str, scheme: str) -> Callable[[Any], str]:
    """The labels of several codes."""
    return lambda listing: "、".join(
        taxonomy.label(scheme, code) for code in getattr(listing, name) or []
    )


def as_words(name: str) -> Callable[[Any], str]:
    """Several words in one cell."""
    return lambda listing: "、".join(getattr(listing, name) or [])


def as_wan(name: str) -> Callable[[Any], Decimal | None]:
    """An amount in 万元; empty is 面议."""

    def write(listing: Any) -> Decimal | None:
        fen = getattr(listing, name)
        return None if fen is None else Decimal(in_wan(fen))

    return write


def as_yuan(name: str) -> Callable[[Any], Decimal | None]:
    """An amount in 元; empty is 面议."""

    def write(listing: Any) -> Decimal | None:
        fen = getattr(listing, name)
        return None if fen is None else Decimal(fen) / FEN_PER_YUAN

    return write


def as_yes_no(name: str) -> Callable[[Any], Any]:
    """是 or 否."""
    return lambda listing: str(_("是") if getattr(listing, name) else _("否"))


def as_lines(related: str, parts: Callable[[Any], Sequence[Any]]) -> Callable[[Any], str]:
    """The rows of a child table, each on a line, its parts separated by bars."""
    return lambda listing: "\n".join(line_of(parts(row)) for row in getattr(listing, related).all())


def line_of(parts: Sequence[Any]) -> str:
    """One entry of a cell; bars and line ends inside a part are replaced, empty parts at the end are left out."""
    texts = [
        str("" if part is None else part).replace(BAR, "／").replace("｜", "／").replace("\n", " ")
        for part in parts
    ]
    while texts and not texts[-1]:
        texts.pop()
    return BAR.join(texts)


def sign_and_value(comparator: str, low: Any, high: Any) -> tuple[str, str]:
    """An indicator's comparator and value as two parts of an entry."""
    if comparator == "between" and high is not None:
        return RANGE_SIGN, f"{plain(low)}{RANGE_SIGN}{plain(high)}"
    return SIGNS.get(comparator, ""), plain(low)


def address(namespace: str) -> Callable[[Any], str]:
    """The public page of a listing."""
    root = settings.SITE_URL.rstrip("/")
    return lambda listing: root + reverse(f"{namespace}:detail", args=[listing.code])


def published_day(listing: Any) -> Any:
    """The day of publication in Shanghai."""
    return listing.published_at.astimezone(SHANGHAI).date() if listing.published_at else None


#: Classification, the same in every kind.
COMMON = (
    ListingColumn(
        "industry",
        _("应用行业"),
        as_term("industry", "industry"),
        24,
        _("从列表中选择，写最末一级即可"),
        scheme="industry",
        aliases=("所属行业", "行业", "industry"),
    ),
    ListingColumn(
        "field",
        _("技术领域"),
        as_term("field", "field"),
        20,
        _("技术合同统计的 11 个领域之一"),
        scheme="field",
        aliases=("领域",),
    ),
    ListingColumn("chain", _("产业链"), as_term("chain", "chain"), 20, scheme="chain"),
    ListingColumn(
        "district",
        _("所在地区"),
        as_term("district", "district"),
        18,
        scheme="district",
        aliases=("区县", "地区", "所在区县"),
    ),
    ListingColumn(
        "keywords",
        _("关键词"),
        as_words("keywords"),
        28,
        _("最多 8 个，用顿号或分号隔开"),
        aliases=("关键字",),
    ),
)
#: How the owner is reached; written for the owner alone.
CONTACT = (
    ListingColumn(
        "contact_name",
        _("联系人"),
        as_is("contact_name"),
        12,
        is_private=True,
        aliases=("联系人姓名", "成果联系人"),
    ),
    ListingColumn(
        "contact_phone",
        _("联系电话"),
        as_is("contact_phone"),
        18,
        is_private=True,
        aliases=("电话", "手机", "手机号", "手机号码", "联系人电话"),
    ),
    ListingColumn(
        "contact_email",
        _("电子邮箱"),
        as_is("contact_email"),
        24,
        is_private=True,
        aliases=("邮箱", "email", "电子邮件", "联系邮箱"),
    ),
    ListingColumn(
        "contact_route",
        _("对接方式"),
        as_term("contact_route", "contact_route"),
        18,
        _("直接联系，或仅通过技术经理人；不填为直接联系"),
        scheme="contact_route",
        is_private=True,
    ),
)


def rows_of(
    listings: QuerySet[Any], codes: Iterable[str], columns: Sequence[ListingColumn]
) -> Iterator[list[Any]]:
    """Rows of cells for these codes in their order, read from the visible `listings` in chunks."""
    wanted = iter(codes)
    while chunk := list(islice(wanted, _CHUNK)):
        found = {row.code: row for row in readable(listings.filter(code__in=chunk))}
        yield from _cells((found[code] for code in chunk if code in found), columns)


def _cells(listings: Iterable[Any], columns: Sequence[ListingColumn]) -> Iterator[list[Any]]:
    for listing in listings:
        yield [column.write(listing) for column in columns]
