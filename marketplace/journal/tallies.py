"""Counters for the operator's metrics, kept in the database: any process may count, one is asked."""

from django.db.models import F

from marketplace.journal.models import Tally

#: Search hits that the database's visibility rules kept from a page: stays 0 while the index is true.
LEAK_PREVENTED = "leak_prevented"


def count(name: str, by: int = 1) -> None:
    """Add to a counter."""
    if not Tally.objects.filter(name=name).update(value=F("value") + by):
        Tally.objects.bulk_create([Tally(name=name)], ignore_conflicts=True)
        Tally.objects.filter(name=name).update(value=F("value") + by)


def total(name: str) -> int:
    """A counter's value; 0 when it never counted."""
    return Tally.objects.filter(name=name).values_list("value", flat=True).first() or 0
