"""How often work is tried, how long it waits in between, and when it is given up.

Deliveries and jobs follow the same policy with other figures. An attempt is counted when a worker
claims the work, not when it fails, so work that kills its worker is given up too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class AttemptPolicy:
    """The figures of one kind of work. `attempts` below includes the attempt that is under way.

    `most`: after so many failed attempts the work is given up.
    `pause`: wait after the first failure; each further failure doubles it, up to `longest_pause`.
    `outage_pause`: wait while a server does not answer. Such an attempt is not counted.
    `lease`: a worker that gives no sign of life for so long is taken for dead.
    """

    most: int
    pause: timedelta
    longest_pause: timedelta = timedelta(hours=1)
    outage_pause: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(seconds=120)

    def is_spent(self, attempts: int) -> bool:
        """Whether the attempts were used up before this one: the workers died in the others."""
        return attempts > self.most

    def next_try(self, attempts: int, now: datetime) -> datetime | None:
        """When work that has failed is tried again; None when it is given up."""
        if attempts >= self.most:
            return None
        seconds = self.pause.total_seconds() * 2.0 ** (attempts - 1)
        return now + timedelta(seconds=min(seconds, self.longest_pause.total_seconds()))

    def after_outage(self, now: datetime) -> datetime:
        """When the server is asked again."""
        return now + self.outage_pause

    def claimed_until(self, now: datetime) -> datetime:
        """The end of a lease that is taken now."""
        return now + self.lease

    def must_renew(self, until: datetime, now: datetime) -> bool:
        """Whether a lease that ends at `until` is in its second half."""
        return now >= until - self.lease / 2

    def silent_since(self, now: datetime) -> datetime:
        """A worker whose last sign of life is older than this is taken for dead."""
        return now - self.lease
