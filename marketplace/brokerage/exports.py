"""The yearly filing form as a workbook, in Chinese: it is handed in to the province."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from marketplace.brokerage.queries.filing import FilingForm
from marketplace.brokerage.queries.record import Fact
from marketplace.brokerage.rulebook.filing import MONEY, Item
from marketplace.kernel import clock
from marketplace.kernel.money import in_wan
from marketplace.sheets.writers import Column, Sheet, write_book

LANGUAGE = "zh-hans"


def filing_workbook(form: FilingForm, numbers: Mapping[str, str]) -> IO[bytes]:
    """The form with its tables; `numbers` are typed numbers of identity documents by broker's code.

    They go into the file and nowhere else. The caller closes the file.
    """
    with override(LANGUAGE):
        sheets = [
            Sheet(_("基本情况"), _columns(_item_heads()), _items(form)),
            Sheet(_("技术合同"), _columns(_contract_heads()), _contracts(form.contracts)),
            Sheet(_("成果交易"), _columns(_deal_heads()), _deals(form.deals)),
            Sheet(_("技术经纪人"), _columns(_broker_heads()), _brokers(form, numbers)),
            Sheet(_("待补内容"), _columns([_("项目")]), _missing(form)),
        ]
        return write_book(sheets)


def _columns(heads: Sequence[str]) -> list[Column]:
    return [Column(head, width=24) for head in heads]


def _item_heads() -> list[str]:
    return [_("项目"), _("内容"), _("单位"), _("来源")]


def _contract_heads() -> list[str]:
    # The form asks for the amount and for 成交额, which is by definition the whole amount of the contract.
    amounts = [_("合同金额（万元）"), _("成交额（万元）"), _("其中技术交易额（万元）")]
    return [_("合同名称"), _("合同编号"), *amounts, _("登记日期")]


def _deal_heads() -> list[str]:
    return [_("成果"), _("需方"), _("供方"), _("成交额（万元）")]


def _broker_heads() -> list[str]:
    return [_("姓名"), _("证件号"), _("证书"), _("证书编号"), _("发证机构")]


def cell(item: Item, value: Any) -> Any:
    """The value of a line as the file and the page show it: amounts in 万元, exact."""
    if value is None:
        return ""
    return in_wan(value) if item.shape == MONEY and isinstance(value, int) else value


def _items(form: FilingForm) -> Iterator[list[Any]]:
    yield [_("填报年度"), form.year, _("年"), ""]
    for item, value in form.items:
        unit = _("万元") if item.shape == MONEY else str(item.unit)
        source = _("本单位填写") if item.typed else _("登记工作数据")
        yield [str(item.label), cell(item, value), unit, source]


def _contracts(facts: Sequence[Fact]) -> Iterator[list[Any]]:
    for fact in facts:
        yield [
            fact.name or fact.title,
            fact.number,
            _wan(fact.amount_fen),
            _wan(fact.amount_fen),
            _wan(fact.technical_fen),
            clock.day_of(fact.at).isoformat(),
        ]


def _deals(facts: Sequence[Fact]) -> Iterator[list[Any]]:
    for fact in facts:
        yield [fact.name or fact.title, fact.buyer, fact.seller, _wan(fact.amount_fen)]


def _brokers(form: FilingForm, numbers: Mapping[str, str]) -> Iterator[list[Any]]:
    for broker, held in form.broker_rows:
        yield [
            broker.name,
            numbers.get(broker.code, ""),
            held.label if held else "",
            held.number if held else "",
            held.issuer if held else "",
        ]


def _missing(form: FilingForm) -> Iterator[list[Any]]:
    for item in form.missing:
        yield [str(item.label)]
    for broker in form.without_certificate:
        yield [_("%(name)s：没有年末有效且已核对的证书") % {"name": broker.name}]


def _wan(fen: int | None) -> str:
    return in_wan(fen) if fen is not None else ""
