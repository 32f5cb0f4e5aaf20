"""Tenders as subjects of publicity: who may object to their documents."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.publicity.models import Publicity
from marketplace.publicity.policies import SubjectKind, answers_by_default, register_subject
from marketplace.publicity.rulebook import Subject
from marketplace.tenders.models import Tender

TENDER = "tenders.tender"


def tender_subject(tender: Tender) -> Subject:
    """A tender, as the subject of a window."""
    return Subject(
        TENDER,
        tender.pk,
        tender.owner_id,
        tender.title,
        reverse("tenders:detail", args=[tender.code]),
        is_sample=tender.is_sample,
    )


def windows_of(tender: Tender) -> QuerySet[Publicity]:
    """The windows of objections to the documents of a tender."""
    rows = Publicity.objects.filter(subject_kind=TENDER, subject_id=tender.pk)
    return rows.order_by("id")


def _found(keys: Iterable[int]) -> dict[int, Subject]:
    return {row.pk: tender_subject(row) for row in Tender.objects.filter(pk__in=list(keys))}


register_subject(
    SubjectKind(
        TENDER,
        _("征集文件"),
        ("documents",),
        _found,
        answers_by_default,
        lambda _org_id, _publicity: "",
    )
)
