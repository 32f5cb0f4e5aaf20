"""Counters for metrics, stored in the database and shared by all processes."""

from django.db.models import F

from marketplace.journal.models import Tally

#: Search hits that `visible_to` removed from a page. Stays 0 while the index is correct.
LEAK_PREVENTED = "leak_prevented"


def count(name: str, by: int = 1) -> None:
    """Add `by` to a counter."""
    if not Tally.objects.filter(name=name).update(value=F("value") + by):
        Tally.objects.bulk_create([Tally(name=name)], ignore_conflicts=True)
        Tally.objects.filter(name=name).update(value=F("value") + by)


def total(name: str) -> int:
    """The value of a counter; 0 when it was never used."""
    return Tally.objects.filter(name=name).values_list("value", flat=True).first() or 0
