"""What the shells need to know of contracts."""

from marketplace.web.slices import Slice

SLICE = Slice(name="deals", no_menu="has no pages yet")
