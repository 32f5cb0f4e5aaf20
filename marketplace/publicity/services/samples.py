"""Sample publicities in the past, and their removal."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F

from marketplace.files.services import erase_sample_files
from marketplace.publicity.models import (
    OBJECTION_FILES,
    PUBLICITY_FILES,
    Objection,
    Publicity,
)

_PERIOD = ("starts_at", "ends_at", "first_ends_at", "created_at", "updated_at")
_STEPS = ("submitted_at", "answered_at", "complain_until", "created_at", "updated_at")


def put_back(publicity: Publicity, days: int) -> None:
    """Let a sample publicity have begun so many days ago; what is due to its objection stays in the future."""
    by = timedelta(days=days)
    Publicity.objects.filter(pk=publicity.pk, is_sample=True).update(
        **{name: F(name) - by for name in _PERIOD}
    )
    answered = Objection.objects.filter(publicity=publicity, is_sample=True)
    answered.exclude(answered_at=None).update(**{name: F(name) - by for name in _STEPS})


@transaction.atomic
def remove_samples() -> dict[str, int]:
    """Delete sample objections and publicities with their files; how many of each."""
    objections = Objection.objects.filter(is_sample=True)
    publicities = Publicity.objects.filter(is_sample=True)
    erase_sample_files(OBJECTION_FILES, list(objections.values_list("pk", flat=True)))
    erase_sample_files(PUBLICITY_FILES, list(publicities.values_list("pk", flat=True)))
    return {
        "objections": objections.delete()[0],
        "publicities": publicities.delete()[0],
    }
