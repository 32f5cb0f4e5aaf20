"""What the shells need to know of statistics."""

from marketplace.web.slices import Slice

SLICE = Slice(name="statistics", no_menu="has no pages yet")
