"""Leases: work that only one process on any machine may do, as long as it renews its lease.

A lease is a row, not a database lock: it works through a connection pooler and on both databases, and
shows when the holder was last alive.
"""

from datetime import timedelta

from django.db.models import Q

from marketplace.journal.models import Lease
from marketplace.kernel import clock


def hold(name: str, holder: str, length: timedelta) -> bool:
    """Take or renew the lease for `length`; False while another process holds it."""
    now = clock.now()
    free = Q(holder=holder) | Q(until__lte=now)
    taken = {"holder": holder, "until": now + length}
    if Lease.objects.filter(free, name=name).update(**taken):
        return True
    # First use of this lease: of two concurrent inserts the database accepts one.
    made = Lease.objects.bulk_create([Lease(name=name, **taken)], ignore_conflicts=True)
    return bool(made) and Lease.objects.filter(name=name, holder=holder, until__gt=now).exists()


def release(name: str, holder: str) -> None:
    """Give the lease back. No effect when this process does not hold it."""
    Lease.objects.filter(name=name, holder=holder).update(until=clock.now())
