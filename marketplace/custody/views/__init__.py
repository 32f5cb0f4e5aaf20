"""Pages of custodians."""

from marketplace.custody.views.keys import make_key, record, rehearse
from marketplace.custody.views.office import custodians, explain, invite, show

__all__ = ["custodians", "explain", "invite", "make_key", "record", "rehearse", "show"]
