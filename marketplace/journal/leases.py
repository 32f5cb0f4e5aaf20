"""A thing that only one process may do, on however many machines: it holds a lease and renews it.

A row and no lock of the database's: it survives a pooler between, works on both databases, and
says when the holder was last alive.
"""

from datetime import timedelta

from django.db.models import Q

from marketplace.journal.models import Lease
from marketplace.kernel import clock


def hold(name: str, holder: str, length: timedelta) -> bool:
    """Take the lease, or renew it; False while another holds it. Ends by itself after `length`."""
    now = clock.now()
    free = Q(holder=holder) | Q(until__lte=now)
    taken = {"holder": holder, "until": now + length}
    if Lease.objects.filter(free, name=name).update(**taken):
        return True
    # Nobody has ever held it: of two that come at once the database keeps one.
    made = Lease.objects.bulk_create([Lease(name=name, **taken)], ignore_conflicts=True)
    return bool(made) and Lease.objects.filter(name=name, holder=holder, until__gt=now).exists()


def release(name: str, holder: str) -> None:
    """Let another take it at once; nothing happens when this one does not hold it."""
    Lease.objects.filter(name=name, holder=holder).update(until=clock.now())
