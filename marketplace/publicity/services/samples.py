"""Sample publicities in the past, and their removal."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from marketplace.files.services import erase_sample_files
from marketplace.publicity.models import (
    OBJECTION_FILES,
    PUBLICITY_FILES,
    Objection,
    Publicity,
)
from marketplace.publicity.rulebook import rule_of
from marketplace.publicity.services.publicities import end_of


def put_back(publicity: Publicity, days: int) -> None:
    """Let a sample publicity have begun so many days ago; what is due to its objection stays in the future."""
    _move(publicity, timedelta(days=days))


def begin_at(publicity: Publicity, at: datetime) -> datetime:
    """Let a sample publicity have begun at this instant; its end as the days from then on make it, which it returns."""
    if publicity.starts_at is None:
        raise TypeError("what was made public began")
    _move(publicity, publicity.starts_at - at)
    publicity.starts_at = at
    ends = end_of(publicity, rule_of(publicity.rule, publicity.rule_version))
    rows = Publicity.objects.filter(pk=publicity.pk, is_sample=True)
    rows.update(ends_at=ends, first_ends_at=ends)
    return ends


def _move(publicity: Publicity, by: timedelta) -> None:
    Publicity.objects.filter(pk=publicity.pk, is_sample=True).update(
        starts_at=F("starts_at") - by,
        ends_at=F("ends_at") - by,
        first_ends_at=F("first_ends_at") - by,
        created_at=F("created_at") - by,
        updated_at=F("updated_at") - by,
    )
    answered = Objection.objects.filter(publicity=publicity, is_sample=True)
    answered.exclude(answered_at=None).update(
        submitted_at=F("submitted_at") - by,
        answered_at=F("answered_at") - by,
        complain_until=F("complain_until") - by,
        created_at=F("created_at") - by,
        updated_at=F("updated_at") - by,
    )


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
