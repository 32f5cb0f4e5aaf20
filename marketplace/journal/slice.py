"""What the journal has the clock do."""

from marketplace.journal import wakeup
from marketplace.web.slices import Schedule, Slice

SLICE = Slice(
    "journal",
    schedules=(
        Schedule(wakeup.DRAIN, every=5.0),
        Schedule(wakeup.WORK, every=10.0),
        Schedule("journal.recheck", every=300.0),
        Schedule("journal.seal", every=10.0),
        Schedule("journal.purge", every=3600.0),
        Schedule("journal.audit", every=86400.0),
    ),
)
