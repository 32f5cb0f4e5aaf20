"""The sample custodians of `deploy/samples/custodians.json`, made through the services that people use."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.custody import services
from marketplace.custody.models import Custodian
from marketplace.custody.services.samples import WORDS, make_sample_key, remove_samples
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization
from marketplace.parties.services.samples import (
    create_sample_user,
    sample_author,
    sample_organizations,
)
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet; a custodian is known by organisation and address."""
    organizations = sample_organizations(read("organizations"))
    found = read("custodians")
    for row in found:
        org = organizations[row["organization"]]
        if not Custodian.objects.filter(organization=org, person__email=row["email"]).exists():
            _make(row, org)
    progress("custodians", len(found), len(found))


@transaction.atomic
def _make(row: Mapping[str, Any], org: Organization) -> None:
    inviter = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    inviter = inviter or sample_author(org)
    person = parties.user_by_email(row["email"])
    if person is None or not person.access.in_org(org.pk):
        person = create_sample_user(row["email"], name=row["name"], password=None, org=org)
    made = services.invite_custodian(org, person, row["kind"], actor=inviter)
    made = services.accept_invitation(made, actor=person)
    make_sample_key(made, WORDS, actor=person)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample custodians with their keys."""
    return remove_samples(), []
