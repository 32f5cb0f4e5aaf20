"""Openings as subjects of publicity: the bidders may object to how it was done, on the same day (条例第四十四条)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.openings.models import OpenedBid, Opening
from marketplace.publicity import queries as publicity
from marketplace.publicity.models import Publicity
from marketplace.publicity.policies import SubjectKind, answers_by_default, register_subject
from marketplace.publicity.rulebook import Subject

OPENING_KIND = "openings.opening"


def opening_subject(opening: Opening) -> Subject:
    """An opening, as the subject of its window; the purchaser answers."""
    tender = opening.tender
    return Subject(
        OPENING_KIND,
        opening.pk,
        tender.owner_id,
        tender.title,
        reverse("openings:minutes", args=[tender.code]),
        is_sample=tender.is_sample,
    )


def window_of(opening: Opening) -> Publicity | None:
    """The window of objections to an opening; None where its procedure has none, or it is not over yet."""
    return windows_of([opening.pk]).first()


def windows_of(keys: Iterable[int]) -> QuerySet[Publicity]:
    """The windows of these openings."""
    rows = Publicity.objects.filter(subject_kind=OPENING_KIND, subject_id__in=list(keys))
    return rows.order_by("id")


def is_contested(opening: Opening) -> bool:
    """Whether an objection to the opening is not settled. Its window is locked, or it is only shown."""
    return bool(publicity.blocking(OPENING_KIND, opening.pk))


def _found(keys: Iterable[int]) -> dict[int, Subject]:
    rows = Opening.objects.filter(pk__in=list(keys)).select_related("tender")
    return {row.pk: opening_subject(row) for row in rows}


def _against(org_id: int, row: Any) -> object:
    took_part = OpenedBid.objects.filter(
        opening_id=row.subject_id, bid__organization_id=org_id
    ).exists()
    return "" if took_part else _("只有投标的单位可以对开标提出异议")


register_subject(
    SubjectKind(OPENING_KIND, _("开标"), ("opening",), _found, answers_by_default, _against)
)
