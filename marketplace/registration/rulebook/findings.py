"""What the pre-check answers: named findings with their article, and how to mend them."""

from dataclasses import asdict, dataclass
from typing import Any

BLOCKS, WARNS, INFO = "blocks", "warns", "info"
LEVELS = (BLOCKS, WARNS, INFO)


@dataclass(frozen=True)
class Finding:
    """One finding of a rule.

    `level` is BLOCKS (must be mended before the contract is handed in), WARNS or INFO. `what` says what
    was found, `how_to_mend` what to do, `field` is the anchor of the contract's form. `article` and
    `rulebook` say on what the rule rests; `unverified` what of it was not verified, empty when nothing.
    """

    code: str
    level: str
    title: str
    what: str
    how_to_mend: str
    field: str
    article: str
    rulebook: str
    unverified: str = ""

    @property
    def verified(self) -> bool:
        """Whether the article was read in a source."""
        return not self.unverified

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the snapshot on a filing and for the API."""
        return {**asdict(self), "verified": self.verified}
