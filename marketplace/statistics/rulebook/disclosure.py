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

from collections.abc import Mapping, Sequence
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


class _Rows:
    """A matrix that grows by rows without being copied each time."""

    def __init__(self, width: int, kind: type) -> None:
        self._held: npt.NDArray[Any] = np.zeros((16, width), dtype=kind)
        self._used = 0

    @property
    def rows(self) -> npt.NDArray[Any]:
        """The rows so far."""
        return self._held[: self._used]

    def append(self, row: Vector) -> None:
        """One row more."""
        if self._used == len(self._held):
            self._held = np.vstack([self._held, np.zeros_like(self._held)])
        self._held[self._used] = row
        self._used += 1


class Auditor:
    """All that is published of a year, and whether one more figure would reveal a contract."""

    def __init__(self, facts: Facts, *, seed: int = 1) -> None:
        """Start with nothing published. `seed` makes the random vectors of the algebra repeatable."""
        self.facts = facts
        self._sums = _Rows(facts.size, np.int8)
        self._totals: dict[str, Vector] = {}
        self._unions: dict[tuple[str, str], npt.NDArray[np.int8]] = {}
        self._blocks: dict[tuple[str, str], list[Vector]] = {}
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

    def publish(self, table: str, key: str, mask: Mask, issue: str) -> None:
        """Take note of a figure that is published, whatever the rules would say.

        Of the sums of a table the one at the end of each issue is kept.
        """
        net = self.facts.coefficients(mask)
        self._blocks.setdefault((table, key), []).append(net)
        total = self._totals[table] = net + self._totals.get(table, 0)
        self._unions[table, issue] = total.astype(np.int8)
        for one in (net, self._growth(table, key)[-1]):
            self._sums.append(one)
        direction = self._new_direction(net)
        if direction is not None:
            self._basis.append(direction)
            self._free = self._free - np.outer(direction, direction @ self._free)

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
        unions = np.array([*self._unions.values()]).reshape(-1, self.facts.size)
        differences = np.vstack([self._sums.rows, unions]).astype(np.int8) - net.astype(np.int8)
        comparable = (differences >= 0).all(axis=1) | (differences <= 0).all(axis=1)
        return all(self.facts.is_safe(one) for one in differences[comparable])

    def _new_direction(self, net: Vector) -> Vector | None:
        """The part of the figure that the published ones do not give, of length 1; None without one."""
        length = float(np.linalg.norm(net))
        if not length:
            return None
        vector = net / length
        for _again in range(2):
            vector = vector - self._basis.rows.T @ (self._basis.rows @ vector)
        rest = float(np.linalg.norm(vector))
        return vector / rest if rest > _ZERO else None

    def _reveals(self, net: Vector) -> bool:
        """Rule 4, if this figure were added."""
        direction = self._new_direction(net)
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
