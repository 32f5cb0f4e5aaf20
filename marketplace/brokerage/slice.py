"""What the shells need to know of brokerage."""

from marketplace.web.slices import Slice

SLICE = Slice("brokerage", no_menu="")
