"""What the shells and the pages of tenders and bids need to know of openings."""

from marketplace.web.slices import Schedule, Slice

SLICE = Slice(
    "openings",
    schedules=(Schedule("openings.tick", every=60.0),),
)
