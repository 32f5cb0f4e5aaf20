"""A named rule of the pre-check."""

from dataclasses import dataclass
from typing import Any

from marketplace.registration.rulebook.findings import BLOCKS, WARNS
from marketplace.registration.rulebook.sources import Basis


@dataclass(frozen=True)
class Rule:
    """A named rule: title, level, how to mend, anchor of the form, and its basis in each book."""

    code: str
    level: str
    anchor: str
    title: Any
    mend: Any
    old: Basis | None = None
    new: Basis | None = None

    def basis(self, version: str) -> Basis | None:
        """On what the rule rests in a book; None when the book does not have it."""
        return self.old if version == "2001" else self.new

    def level_in(self, version: str) -> str:
        """The level in a book: what is not verified cannot block."""
        basis = self.basis(version)
        return WARNS if self.level == BLOCKS and basis and basis.unverified else self.level
