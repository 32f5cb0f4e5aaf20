"""What the shells need to know of threads."""

from marketplace.web.slices import Slice

SLICE = Slice(name="threads", no_menu="has no pages yet")
