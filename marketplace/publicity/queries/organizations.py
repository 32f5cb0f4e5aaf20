"""Organisations as subjects of publicity: what a unit makes public on its own account."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Organization
from marketplace.publicity.policies import SubjectKind, answers_by_default, register_subject
from marketplace.publicity.rulebook import Subject

ORGANIZATION = "parties.organization"


def organization_subject(org: Organization) -> Subject:
    """An organisation as its own subject."""
    return Subject(
        ORGANIZATION,
        org.pk,
        org.pk,
        org.name,
        reverse("parties:organization", args=[org.code]),
        is_sample=org.is_sample,
    )


def _found(keys: Iterable[int]) -> dict[int, Subject]:
    rows = Organization.objects.filter(pk__in=list(keys))
    return {org.pk: organization_subject(org) for org in rows}


register_subject(
    SubjectKind(
        ORGANIZATION,
        _("单位公示"),
        ("agreed_price", "award", "general"),
        _found,
        answers_by_default,
        lambda _org_id, _publicity: "",
    )
)
