"""Approved filings as a workbook in the order of the official form, for the national system."""

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.deals.queries import official_facts
from marketplace.kernel.money import in_wan
from marketplace.sheets.writers import Column, write_xlsx
from marketplace.taxonomy.queries import label

LANGUAGE = "zh-hans"
#: Schemes of the columns that hold codes.
_SCHEMES = {
    "contract_type": "contract_type",
    "seller_nature": "party_nature",
    "buyer_nature": "party_nature",
    "field": "field",
    "industry": "industry",
    "plan_source": "plan_source",
    "aim": "aim",
}


def headings(form: Sequence[Any]) -> list[str]:
    """The headings of the official form, with the unit of amounts. Our own code comes last."""
    with override(LANGUAGE):
        heads = [f"{one.label}（万元）" if one.money else str(one.label) for one in form]
        return [*heads, _("本平台编号")]


def official_workbook(form: Sequence[Any], filings: Iterable[Any]) -> IO[bytes]:
    """The workbook of the columns of `form`, rewound; the caller closes it. Our import reads it back once numbers are filled in."""
    with override(LANGUAGE):
        columns = [Column(head, 18) for head in headings(form)]
        return write_xlsx(_("待申报合同"), columns, _rows(form, filings))


def _rows(form: Sequence[Any], filings: Iterable[Any]) -> Iterator[list[Any]]:
    for filing in filings:
        said = official_facts(filing.contract)
        seller, buyer = said.seller, said.buyer
        broker = said.brokers[0] if said.brokers else None
        values: dict[str, Any] = {
            "official_number": filing.official_number or "",
            "official_on": filing.official_on or "",
            "title": said.title,
            "contract_type": said.contract_type,
            "signed_on": said.signed_on or "",
            "starts_on": said.starts_on or "",
            "ends_on": said.ends_on or "",
            "total": _wan(said.amount_total_fen),
            "technical": _wan(said.amount_technical_fen),
            "broker": broker.name if broker else "",
            "field": said.field,
            "industry": said.industry,
            "plan_source": said.plan_source,
            "aim": said.aim,
            "ip_kinds": "、".join(label("ip_kind", code) for code in said.ip_kinds),
            "is_related": _("是") if said.is_related else _("否"),
        }
        for side, party in (("seller", seller), ("buyer", buyer)):
            values |= {
                side: party.name if party else "",
                f"{side}_identity": party.identity if party else "",
                f"{side}_nature": party.nature if party else "",
                f"{side}_district": party.district if party else "",
            }
        yield [_shown(one.name, values[one.name]) for one in form] + [filing.code]


def _shown(name: str, value: Any) -> Any:
    if name in _SCHEMES and value:
        return label(_SCHEMES[name], value)
    return value


def _wan(fen: int | None) -> str:
    return in_wan(fen) if fen is not None else ""
