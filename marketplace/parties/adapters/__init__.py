"""What Django and allauth ask of the product: accounts and their limits, second factors."""

from marketplace.parties.adapters.accounts import AccountAdapter
from marketplace.parties.adapters.factors import MFAAdapter

__all__ = ["AccountAdapter", "MFAAdapter"]
