"""Removing sample data."""

from django.db import transaction

from marketplace.disclosure.models import Acceptance, Grant, NameRelease


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample grants, released names and acceptances; how many of each.

    A grant between a sample and a real organisation goes too: it is of a sample listing, or to a sample.
    """
    return {
        "grants": Grant.objects.filter(is_sample=True).delete()[0],
        "name releases": NameRelease.objects.filter(is_sample=True).delete()[0],
        "acceptances": Acceptance.objects.filter(is_sample=True).delete()[0],
    }
