"""Lists as spreadsheets: what both kinds have in common, and how a listing becomes a row of cells.

The same columns are read by the import, so that an exported list can be brought in again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.clock import SHANGHAI
from marketplace.kernel.money import in_wan
from marketplace.kernel.unreadable import readable
from marketplace.listings import queries
from marketplace.listings.models import Listing
from marketplace.listings.rulebook import SIGNS, plain
from marketplace.sheets.writers import Column
from marketplace.taxonomy import queries as taxonomy

_CHUNK = 200
#: Between the parts of one entry in a cell that holds several entries, one a line.
BAR = "|"
#: Signs as cells show them; a range has none of its own.
RANGE_SIGN = "~"


@dataclass(frozen=True)
class Table:
    """How a kind of listing is exported: its columns, what else its rows need, who sees which."""

    title: Any
    columns: Sequence["ListingColumn"]
    children: Sequence[str]
    model: type[Listing]

    def columns_for(self, *, is_own: bool) -> list["ListingColumn"]:
        """The columns that a reader of this list may have."""
        return [column for column in self.columns if is_own or not column.is_private]

    def rows_for(self, actor: Any, codes: Iterable[str], *, is_own: bool) -> Iterator[list[Any]]:
        """Rows of cells for these codes in their order: those that the actor sees, or owns."""
        seen = (queries.own if is_own else queries.visible_to)(self.model, actor)
        rows = seen.prefetch_related(*self.children)
        yield from rows_of(rows, codes, self.columns_for(is_own=is_own))


_tables: dict[str, Table] = {}


def register(name: str, table: Table) -> None:
    """Make a kind of listing known to exports that run as jobs."""
    _tables[name] = table


def table_named(name: str) -> Table:
    """The table of a kind; KeyError when it is not known."""
    return _tables[name]


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


def as_yes_no(name: str) -> Callable[[Any], Any]:
    """是 or 否."""
    return lambda listing: str(_("是") if getattr(listing, name) else _("否"))


def as_lines(related: str, parts: Callable[[Any], Sequence[Any]]) -> Callable[[Any], str]:
    """The rows of a child table, one a line, their parts between bars."""
    return lambda listing: "\n".join(line_of(parts(row)) for row in getattr(listing, related).all())


def line_of(parts: Sequence[Any]) -> str:
    """One entry of a cell; bars and line ends inside a part give way, empty parts at the end go."""
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


#: Classification, the same in both kinds.
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
    """Rows of cells for these codes in their order, read from the visible `listings` by hundreds."""
    wanted = iter(codes)
    while chunk := list(islice(wanted, _CHUNK)):
        found = {row.code: row for row in readable(listings.filter(code__in=chunk))}
        yield from _cells((found[code] for code in chunk if code in found), columns)


def _cells(listings: Iterable[Any], columns: Sequence[ListingColumn]) -> Iterator[list[Any]]:
    for listing in listings:
        yield [column.write(listing) for column in columns]
