"""Everything that changes records."""

from marketplace.records.services.packs import take_pack
from marketplace.records.services.releasing import release

__all__ = ["release", "take_pack"]
