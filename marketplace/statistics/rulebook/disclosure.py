"""Disclosure control: no reader can compute the amount of a single contract from published figures.

A figure is a sum over a set of ledger entries. It may be published when four things hold:

1. **Threshold.** Its contracts are at least `LEAST_CONTRACTS`, and at least two remain without those of any
   one party: a party knows its own amounts and would subtract them.
2. **Dominance.** No party, seller or buyer, has more than `MOST_SHARE` of it, in 成交额 and in 技术交易额.
3. **Differences.** The difference to each figure already published that contains it or is contained in it
   obeys 1 and 2 as well, or is empty; so does the growth of a cell since each earlier issue. Published are
   the blocks by which cells grow, the cells, and for each table the sum of its cells: a cell that is held back
   cannot be computed as a total minus the other cells.
4. **Algebra.** No linear combination of all figures of the year gives one contract, or two (of which one
   may be the reader's own).

Rules 1 to 3 are the usual ones of official statistics (threshold rule, dominance rule, complementary
suppression). Rule 4 covers combinations over several tables and several issues. What the rules do not cover:
bounds from combinations of three and more figures; see ADR 50.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

LEAST_CONTRACTS = 3
MOST_SHARE = 0.7
#: Below this a component counts as zero. The coefficients are whole numbers, so true values are far larger.
_ZERO = 1e-7
#: Directions that agree to this precision count as parallel.
_PARALLEL = 1e-6
#: Figures whose directions are found together.
_TOGETHER = 64
#: Parties whose part of a sum is computed exactly where many sums are asked at once.
_HEAVY = 8
#: By how much a share must be below the limit to pass without being computed for itself. The sums of many are
#: computed with seven digits.
_MARGIN = 1e-3

Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """One ledger entry as the rules see it.

    `subject` is the unknown that a reader would like to know: the amount of a contract as it was entered once.
    A reversal has the subject of the entry that it reverses and `sign` -1. Amounts are those of the subject,
    in fen and not negative. `cells` gives, for each table, the keys under which the entry is counted.
    """

    entry: int
    subject: int
    contract: int
    parties: frozenset[str]
    month: str
    sign: int
    amount_fen: int
    technical_fen: int
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Facts:
    """The entries of one year as arrays: sums, thresholds and dominance of any set of them."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Number the subjects, contracts and parties of these entries."""
        self.items = tuple(items)
        subjects = {key: place for place, key in enumerate(dict.fromkeys(i.subject for i in items))}
        contracts = {key: n for n, key in enumerate(dict.fromkeys(i.contract for i in items))}
        parties = {key: n for n, key in enumerate(sorted({p for i in items for p in i.parties}))}
        self.size = len(subjects)
        self.party_count = len(parties)
        self.subject = np.array([subjects[i.subject] for i in items], dtype=np.int64)
        self.sign = np.array([i.sign for i in items], dtype=np.float64)
        self.contract = np.zeros(self.size, dtype=np.int64)
        self.values = np.zeros((2, self.size), dtype=np.float64)
        pairs: set[tuple[int, int]] = set()
        for item in items:
            place = subjects[item.subject]
            self.contract[place] = contracts[item.contract]
            self.values[:, place] = item.amount_fen, item.technical_fen
            pairs |= {(place, parties[party]) for party in item.parties}
        both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        self.pair_subject, self.pair_party = both[:, 0], both[:, 1]
        # The distinct pairs of contract and party: a contract that was adjusted has several subjects.
        known, self._pair_own = np.unique(
            self.contract[self.pair_subject] * (self.party_count + 1) + self.pair_party,
            return_inverse=True,
        )
        self._own_party = known % (self.party_count + 1)
        self._under: dict[tuple[str, str], Mask] = {}

    @cached_property
    def months(self) -> npt.NDArray[np.str_]:
        """The ledger month of each entry."""
        return np.array([item.month for item in self.items], dtype="U7")

    @cached_property
    def entries(self) -> npt.NDArray[np.int64]:
        """The number of each entry."""
        return np.array([item.entry for item in self.items], dtype=np.int64)

    def under(self, table: str, key: str) -> Mask:
        """Which entries are counted under this key of this table."""
        if (table, key) not in self._under:
            found = [key in item.cells.get(table, ()) for item in self.items]
            self._under[table, key] = np.array(found, dtype=np.bool_)
        return self._under[table, key]

    def coefficients(self, mask: Mask) -> Vector:
        """How often each subject is counted in the sum over these entries: 1, 0 or -1."""
        found = np.bincount(self.subject[mask], weights=self.sign[mask], minlength=self.size)
        return found.astype(np.float64)

    def is_safe(self, net: Vector) -> bool:
        """Whether a sum with these coefficients obeys threshold and dominance. A sum of nothing does."""
        live = net != 0
        if not live.any():
            return True
        count = int(np.count_nonzero(np.bincount(self.contract[live])))
        if count < LEAST_CONTRACTS:
            return False
        known = live[self.pair_subject]
        party, subject = self.pair_party[known], self.pair_subject[known]
        own = np.zeros(self._own_party.size, dtype=np.bool_)
        own[self._pair_own[known]] = True
        most = int(np.bincount(self._own_party[own]).max(initial=0))
        if count - most < LEAST_CONTRACTS - 1:
            return False
        for values in np.abs(self.values * net):
            total = values.sum()
            shares = np.bincount(party, weights=values[subject], minlength=1)
            if total and shares.max(initial=0) > MOST_SHARE * total:
                return False
        return True

    @cached_property
    def _heavy(self) -> tuple[npt.NDArray[Any], Vector]:
        """Which subjects belong to each of the heaviest parties (a column each), and the most of any other.

        The three bounds are for 成交额, 技术交易额 and the number of subjects.
        """
        weights = [*self.values, np.ones(self.size)]
        totals = np.array(
            [
                np.bincount(self.pair_party, one[self.pair_subject], minlength=self.party_count)
                for one in weights
            ]
        )
        order = np.argsort(-totals, axis=1)
        chosen = np.unique(order[:, :_HEAVY])
        columns = {party: place for place, party in enumerate(chosen)}
        belongs = np.zeros((self.size, len(chosen)), dtype=np.float32)
        for subject, party in zip(self.pair_subject, self.pair_party, strict=True):
            if party in columns:
                belongs[subject, columns[party]] = 1
        others = np.delete(totals, chosen, axis=1)
        return belongs, others.max(axis=1, initial=0)

    def surely_safe(self, nets: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Which of these sums (rows) obey threshold and dominance by bounds that are computed for all at once.

        The others must be asked one by one: most sums are so large that no party comes near its limit.
        """
        belongs, others = self._heavy
        size = np.abs(nets).astype(np.float32)
        most = size.max(axis=1, initial=0)
        live = np.minimum(size, 1)
        # A contract that was adjusted has several subjects.
        contracts = live.sum(axis=1) - (self.size - len(np.unique(self.contract)))
        own = np.maximum((live @ belongs).max(axis=1, initial=0), others[2])
        found = (contracts >= LEAST_CONTRACTS) & (contracts - own >= LEAST_CONTRACTS - 1)
        for values, other in zip(self.values.astype(np.float32), others, strict=False):
            sums = size @ np.column_stack([values, belongs * values[:, None]])
            share = np.maximum(sums[:, 1:].max(axis=1, initial=0), other * most)
            found &= share <= (MOST_SHARE - _MARGIN) * sums[:, 0]
        return np.asarray(found, dtype=np.bool_)


class _Rows:
    """A matrix that grows by rows without being copied each time."""

    def __init__(self, width: int, kind: type) -> None:
        self._held: npt.NDArray[Any] = np.zeros((16, width), dtype=kind)
        self._used = 0

    @property
    def rows(self) -> npt.NDArray[Any]:
        """The rows so far."""
        return self._held[: self._used]

    def append(self, *rows: npt.NDArray[Any]) -> None:
        """Add some rows."""
        while self._used + len(rows) > len(self._held):
            self._held = np.vstack([self._held, np.zeros_like(self._held)])
        for row in rows:
            self._held[self._used] = row
            self._used += 1


class _Sums:
    """Published sums, and which of them contain another sum or lie in it."""

    def __init__(self, width: int) -> None:
        self._rows = _Rows(width, np.int8)
        # What the positive and the negative coefficients of each row add up to.
        self._above = _Rows(1, np.int64)
        self._below = _Rows(1, np.int64)

    def append(self, net: Vector) -> None:
        """One sum more."""
        self._rows.append(net)
        self._above.append(np.maximum(net, 0).sum(keepdims=True))
        self._below.append(np.minimum(net, 0).sum(keepdims=True))

    def comparable(self, net: Vector) -> npt.NDArray[Any]:
        """The sums that are nowhere below `net`, or nowhere above it.

        Only the places where `net` counts something are compared one by one. A row that adds up to the same
        with and without its other places has nothing there.
        """
        places = np.flatnonzero(net)
        if 2 * len(places) > len(net):
            rows, own = self._rows.rows, net.astype(np.int8)
            wide: npt.NDArray[Any] = rows[(rows >= own).all(axis=1) | (rows <= own).all(axis=1)]
            return wide
        own, near = net[places].astype(np.int8), self._rows.rows[:, places]
        above = np.maximum(near, 0).sum(axis=1, dtype=np.int64)
        below = np.minimum(near, 0).sum(axis=1, dtype=np.int64)
        contain = (near >= own).all(axis=1) & (below == self._below.rows[:, 0])
        inside = (near <= own).all(axis=1) & (above == self._above.rows[:, 0])
        found: npt.NDArray[Any] = self._rows.rows[contain | inside]
        return found


class Auditor:
    """All that is published of a year, and whether one more figure would reveal a contract.

    A year with n contracts and p figures costs p·n for a question and p²·n to start with. Figures are at
    most the cells of all tables times twelve, so both grow as the contracts do.
    """

    def __init__(self, facts: Facts, *, seed: int = 1) -> None:
        """Start with nothing published. `seed` makes the random vectors of the algebra repeatable."""
        self.facts = facts
        self._sums = _Sums(facts.size)
        self._totals: dict[str, Vector] = {}
        self._unions: dict[tuple[str, str], Vector] = {}
        self._blocks: dict[tuple[str, str], list[Vector]] = {}
        self._cells: dict[tuple[str, str], Vector] = {}
        self._basis = _Rows(facts.size, np.float64)
        random = np.random.default_rng(seed)
        # Random vectors kept orthogonal to everything published. A subject that is zero in all of them is
        # determined; two subjects that are proportional in all of them are determined by each other.
        self._free = random.standard_normal((facts.size, 3))

    def refusal(self, table: str, key: str, mask: Mask) -> str:
        """Why the figure may not be published: "threshold", "difference", "algebra"; "" if it may."""
        net = self.facts.coefficients(mask)
        if not self.facts.is_safe(net):
            return "threshold"
        since_each = [net + one for one in self._growth(table, key)]
        if not all(self.facts.is_safe(one) for one in since_each):
            return "difference"
        union = net + self._totals.get(table, 0)
        if not all(self._differences_are_safe(one) for one in (net, *since_each[-1:], union)):
            return "difference"
        return "algebra" if self._reveals(net) else ""

    def publish(self, figures: Iterable[tuple[str, str, Mask, str]]) -> None:
        """Take note of figures that are published, whatever the rules would say: table, key, entries, issue.

        Of the sums of a table the one at the end of each issue is kept.
        """
        waiting: list[Vector] = []
        for table, key, mask, issue in figures:
            net = self.facts.coefficients(mask)
            self._blocks.setdefault((table, key), []).append(net)
            self._unions[table, issue] = self._totals[table] = net + self._totals.get(table, 0)
            self._sums.append(net)
            if (table, key) in self._cells:
                self._sums.append(net + self._cells[table, key])
            self._cells[table, key] = net + self._cells.get((table, key), 0)
            waiting.append(net)
            if len(waiting) == _TOGETHER:
                self._span(waiting)
                waiting = []
        self._span(waiting)

    def _span(self, figures: Sequence[Vector]) -> None:
        """Add the directions of figures to the basis.

        The part that the basis gives already is taken from all of them by one product of matrices, which
        computes many times faster than one figure after the other.
        """
        if not figures:
            return
        known = self._basis.rows.copy()
        rest = np.array([net / (float(np.linalg.norm(net)) or 1.0) for net in figures])
        for _again in range(2):
            rest = rest - (rest @ known.T) @ known
        added = np.zeros((0, self.facts.size))
        for vector in rest:
            if (direction := _orthogonal(vector, added)) is not None:
                added = np.vstack([added, direction])
        self._basis.append(*added)
        self._free = self._free - added.T @ (added @ self._free)

    def _growth(self, table: str, key: str) -> list[Vector]:
        """By how much a cell has grown since each of its issues, the last first: at the end its figure."""
        found: list[Vector] = []
        for net in reversed(self._blocks.get((table, key), [])):
            found.append(net + found[-1] if found else net)
        return found

    def _differences_are_safe(self, net: Vector) -> bool:
        """Rule 3 against each published sum that contains this one, or lies in it."""
        if not self.facts.is_safe(net):
            return False
        unions = np.array([*self._unions.values()]).reshape(-1, self.facts.size) - net
        comparable = (unions >= 0).all(axis=1) | (unions <= 0).all(axis=1)
        differences = np.vstack(
            [self._sums.comparable(net) - net.astype(np.int8), unions[comparable]]
        )
        unsure = differences[~self.facts.surely_safe(differences)]
        return all(self.facts.is_safe(one) for one in unsure)

    def _reveals(self, net: Vector) -> bool:
        """Rule 4, if this figure were added."""
        length = float(np.linalg.norm(net))
        direction = _orthogonal(net / length, self._basis.rows) if length else None
        if direction is None:
            return False
        free = self._free - np.outer(direction, direction @ self._free)
        lengths = np.linalg.norm(free, axis=1)
        if (lengths < _ZERO).any():
            return True
        rays = free / lengths[:, None]
        rays *= np.where(rays[:, :1] < 0, -1.0, 1.0)
        rays = rays[np.argsort(rays[:, 0], kind="stable")]
        return any(
            bool((np.abs(rays[step:] - rays[:-step]).max(axis=1) < _PARALLEL).any())
            for step in range(1, min(4, len(rays)))
        )


def _orthogonal(vector: Vector, basis: npt.NDArray[Any]) -> Vector | None:
    """The part of a vector, of length 1, that is orthogonal to the rows; None where nothing is left of it."""
    for _again in range(2):
        vector = vector - basis.T @ (basis @ vector)
    rest = float(np.linalg.norm(vector))
    return vector / rest if rest > _ZERO else None
