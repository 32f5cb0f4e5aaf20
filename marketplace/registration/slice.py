"""What the shells need to know of registration."""

from marketplace.web.slices import Slice

SLICE = Slice(name="registration", no_menu="has no pages yet")
