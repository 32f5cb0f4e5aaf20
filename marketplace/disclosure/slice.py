"""What the shells need to know of disclosure."""

from marketplace.web.slices import Schedule, Slice

SLICE = Slice(
    "disclosure",
    schedules=(Schedule("disclosure.end_grants", every=300.0),),
)
