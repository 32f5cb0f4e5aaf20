"""What the next issue publishes: for each cell the entries since it was published last, if the rules let it.

A cell that must be held back stays at its last figure, and its later entries wait until all that waits
together may be published. So each figure ever published is a union of blocks, and the difference of two
issues is a union of blocks too: every block obeys the rules of `disclosure`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from marketplace.statistics.rulebook.disclosure import Auditor, Facts, Item, Mask

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
    for block in published:
        auditor.publish(block.table, block.key, mask_of(facts, block), issue_of(block))
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


def next_tables(
    items: Sequence[Item],
    published: Sequence[Block],
    *,
    through: str,
    year: str,
    tables: Sequence[str],
) -> list[Block]:
    """The blocks by which the tables of the year grow when its months up to `through` are closed.

    The city's total goes first, then the tables
    in their order, in each the largest cells first: where a safe cell must be held back for the sake of another
    one, it is a small one.
    """
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    facts, found = Facts(items), []
    auditor = audited(facts, published)
    for table in (CITY, *tables):
        keys = [""] if table == CITY else sorted({k for i in items for k in i.cells.get(table, ())})
        waiting = []
        for key in keys:
            last = max(
                (b.through for b in published if (b.table, b.key) == (table, key)), default=""
            )
            since = next((month for month in months if month > last), "")
            if since and since <= through:
                block = Block(table, key, since, through)
                mask = mask_of(facts, block)
                if mask.any():
                    waiting.append((_measured(facts, block, mask), mask))
        for block, mask in sorted(waiting, key=lambda one: (-one[0].amount_fen, one[0].key)):
            if not auditor.refusal(table, block.key, mask):
                auditor.publish(table, block.key, mask, issue_of(block))
                found.append(block)
    return found


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
