"""Approved filings as a spreadsheet in the order of the official form, for the national system."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from marketplace.deals.queries import brokers, buyers, sellers
from marketplace.deals.workflow import Book
from marketplace.kernel.actors import Actor
from marketplace.kernel.money import in_wan
from marketplace.registration.models import Filing
from marketplace.registration.queries.imports import to_export
from marketplace.sheets.exports import Export
from marketplace.sheets.writers import Column
from marketplace.taxonomy.queries import label

NAME = "registration.official"
#: The national system reads Chinese, whatever language the registrar reads.
LANGUAGE = "zh-hans"
_CHUNK = 200
#: Schemes of the columns that hold codes.
_SCHEMES = {
    "contract_type": "contract_type",
    "seller_nature": "party_nature",
    "buyer_nature": "party_nature",
    "field": "field",
    "industry": "economy",
    "plan_source": "plan_source",
    "aim": "aim",
}


def official_export(form: Sequence[Any]) -> Export:
    """The export of the columns of `form`. Our import reads it back once numbers are filled in."""

    def columns() -> list[Column]:
        with override(LANGUAGE):
            heads = [f"{one.label}（万元）" if one.money else str(one.label) for one in form]
            return [Column(head, 18) for head in heads]

    def rows(actor: Actor, codes: Iterable[str]) -> Iterator[list[Any]]:
        if not _may(actor):
            return
        rest = iter(codes)
        while chunk := list(islice(rest, _CHUNK)):
            found = {
                filing.code: filing
                for book in Book.values
                for filing in to_export(book).filter(code__in=chunk)
            }
            with override(LANGUAGE):
                # Complete before the language is given back: a generator would keep it between rows.
                ready = [_row(form, found[code]) for code in chunk if code in found]
            yield from ready

    return Export(
        NAME, gettext_lazy("待申报合同"), columns, rows, may=_may, rate="export", is_private=True
    )


def _may(actor: Actor) -> bool:
    return bool(actor.has_perm("registration.import_register"))


def _row(form: Sequence[Any], filing: Filing) -> list[Any]:
    values = _values(filing)
    return [_shown(one.name, values[one.name]) for one in form]


def _values(filing: Filing) -> Mapping[str, Any]:
    contract = filing.contract
    named = brokers(contract)
    values: dict[str, Any] = {
        "official_number": filing.official_number or "",
        "official_on": filing.official_on or "",
        "title": contract.title,
        "contract_type": contract.contract_type,
        "signed_on": contract.signed_on or "",
        "starts_on": contract.starts_on or "",
        "ends_on": contract.ends_on or "",
        "total": _wan(contract.amount_total_fen),
        "technical": _wan(contract.amount_technical_fen),
        "broker": named[0].name if named else "",
        "field": contract.field,
        "industry": contract.industry,
        "plan_source": contract.plan_source,
        "aim": contract.aim,
        "ip_kinds": "、".join(label("ip_kind", code) for code in contract.ip_kinds),
        "code": filing.code,
        "is_related": _("是") if contract.is_related else _("否"),
    }
    for side, rows in (("seller", sellers(contract)), ("buyer", buyers(contract))):
        # The official form has one of each; the first seller files.
        first = rows[0] if rows else None
        values |= {
            side: first.name if first else "",
            f"{side}_identity": first.identity if first else "",
            f"{side}_nature": first.nature if first else "",
            f"{side}_district": first.district if first else "",
        }
    return values


def _shown(name: str, value: Any) -> Any:
    if name in _SCHEMES and value:
        return label(_SCHEMES[name], value)
    return value


def _wan(fen: int | None) -> str:
    return in_wan(fen) if fen is not None else ""
