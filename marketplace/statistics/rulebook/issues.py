"""What the next issue publishes: for each cell the entries since it was published last, if the rules let it.

A cell that must be held back stays at its last figure, and its later entries wait until all that waits
together may be published. So each figure ever published is a union of blocks, and the difference of two
issues is a union of blocks too: every block obeys the rules of `disclosure`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.statistics.rulebook.disclosure import Auditor, Facts, Item, Mask
from marketplace.statistics.rulebook.pace import band_of

#: The city's total as it moves daily, in batches.
CITY_DAILY = "city_daily"
#: The city's total of closed months.
CITY = "city"
#: The tables that are published, dimensions of the ledger, in the order in which cells are let through.
#: The last one is the one cross.
PUBLIC_TABLES = (
    "kind",
    "district",
    "flow",
    "field",
    "industry",
    "seller_nature",
    "buyer_nature",
    "ip",
    "broker",
    "district.kind",
)


@dataclass(frozen=True)
class Block:
    """The entries by which a published cell grows.

    Of the daily total: entries with numbers in (`after_entry`, `to_entry`]. Of a table: entries of the
    months in [`since`, `through`], which are closed.
    """

    table: str
    key: str
    since: str
    through: str
    after_entry: int = 0
    to_entry: int = 0
    contracts: int = 0
    amount_fen: int = 0
    technical_fen: int = 0


def mask_of(facts: Facts, block: Block) -> Mask:
    """Which entries the block adds up."""
    if block.table == CITY_DAILY:
        return (facts.entries > block.after_entry) & (facts.entries <= block.to_entry)
    inside = (facts.months >= block.since) & (facts.months <= block.through)
    return inside if block.table == CITY else inside & facts.under(block.table, block.key)


def issue_of(block: Block) -> str:
    """The name of the issue that a block came with: its month, or the last entry of its batch."""
    return str(block.to_entry) if block.table == CITY_DAILY else block.through


def audited(facts: Facts, published: Iterable[Block]) -> Auditor:
    """An auditor who knows these blocks."""
    auditor = Auditor(facts)
    auditor.publish(
        (block.table, block.key, mask_of(facts, block), issue_of(block)) for block in published
    )
    return auditor


def next_daily(items: Sequence[Item], published: Sequence[Block], year: str) -> Block | None:
    """The batch by which the city's total of the year moves today; None while it must wait."""
    facts = Facts(items)
    after = max((b.to_entry for b in published if b.table == CITY_DAILY), default=0)
    waiting = [item.entry for item in items if item.entry > after]
    if not waiting:
        return None
    block = Block(CITY_DAILY, "", f"{year}-01", f"{year}-12", after, max(waiting))
    mask = mask_of(facts, block)
    if audited(facts, published).refusal(CITY_DAILY, "", mask):
        return None
    return _measured(facts, block, mask)


def largest_band(
    items: Sequence[Item], published: Sequence[Block]
) -> tuple[int, int | None] | None:
    """The band of the largest contract's share in the published total of the year.

    Entries that wait for their batch don't count: the band would move with a contract that nothing else shows.
    """
    daily = [block for block in published if block.table == CITY_DAILY]
    until = max((block.to_entry for block in daily), default=0)
    net: dict[int, int] = {}
    for item in items:
        if item.entry <= until:
            net[item.contract] = net.get(item.contract, 0) + item.sign * item.amount_fen
    return band_of(max(net.values(), default=0), sum(block.amount_fen for block in daily))


def next_tables(
    items: Sequence[Item],
    published: Sequence[Block],
    *,
    months: Sequence[str],
    tables: Sequence[str],
) -> list[Block]:
    """The blocks by which the tables of the year grow when these months are closed, in their order.

    Each month is issued for itself, also where several are closed at once, so that the curve of a year does
    not depend on the day of closing. In a month the city's total goes first, then the tables
    in their order, in each the largest cells first: where a safe cell must be held back for the sake of another
    one, it is a small one.
    """
    facts, found = Facts(items), []
    auditor = audited(facts, published)
    reached: dict[tuple[str, str], str] = {}
    for block in published:
        place = block.table, block.key
        reached[place] = max(block.through, reached.get(place, ""))
    for through in months:
        for table in (CITY, *tables):
            for block, mask in _waiting(facts, table, reached, through):
                if not auditor.refusal(table, block.key, mask):
                    auditor.publish([(table, block.key, mask, issue_of(block))])
                    reached[table, block.key] = through
                    found.append(block)
    return found


def _waiting(
    facts: Facts, table: str, reached: Mapping[tuple[str, str], str], through: str
) -> list[tuple[Block, Mask]]:
    """What each cell of a table would grow by up to this month, the largest first; entries and their sum."""
    keys = (
        [""] if table == CITY else sorted({k for i in facts.items for k in i.cells.get(table, ())})
    )
    found = []
    for key in keys:
        last = reached.get((table, key), "")
        since = f"{through[:4]}-{int(last[5:]) + 1:02d}" if last else f"{through[:4]}-01"
        block = Block(table, key, since, through)
        mask = mask_of(facts, block)
        if mask.any():
            found.append((_measured(facts, block, mask), mask))
    return sorted(found, key=lambda one: (-one[0].amount_fen, one[0].key))


def _measured(facts: Facts, block: Block, mask: Mask) -> Block:
    chosen = [facts.items[place] for place in np.flatnonzero(mask)]
    net: dict[int, int] = {}
    for item in chosen:
        net[item.contract] = net.get(item.contract, 0) + item.sign
    return Block(
        block.table,
        block.key,
        block.since,
        block.through,
        block.after_entry,
        block.to_entry,
        contracts=sum(net.values()),
        amount_fen=sum(item.sign * item.amount_fen for item in chosen),
        technical_fen=sum(item.sign * item.technical_fen for item in chosen),
    )
