"""The sample publicities of `deploy/samples/publicities.json`, made through the services that people use."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.publicity import services
from marketplace.publicity.models import Publicity
from marketplace.publicity.queries import organization_subject
from marketplace.publicity.services import samples as rows
from marketplace.publicity.services.objections import Claim
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet; a publicity is known by its publisher and its title."""
    organizations = sample_organizations(read("organizations"))
    found = read("publicities")
    for row in found:
        owner = organizations[row["owner"]]
        if not Publicity.objects.filter(owner=owner, title=row["title"]).exists():
            _make(row, owner, organizations)
    progress("publicities", len(found), len(found))


@transaction.atomic
def _make(
    row: Mapping[str, Any], owner: Organization, organizations: Mapping[str, Organization]
) -> None:
    actor = _binder(owner)
    content = services.Content(row["rule"], row["days"], row["title"], row["body"], row["facts"])
    made = services.draft_publicity(organization_subject(owner), content, actor=actor)
    if row["state"] == "draft":
        return
    made = services.publish_publicity(made, actor=actor)
    if "objection" in row:
        _object(made, row["objection"], organizations, actor)
    rows.put_back(made, row["days_ago"])
    services.tick()


def _object(
    publicity: Publicity,
    said: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    answerer: User,
) -> None:
    org = organizations[said["by"]]
    claim = Claim(said["ground"], said["interest"], said["text"])
    actor = _binder(org)
    objection = services.draft_objection(publicity, org, claim, actor=actor)
    objection = services.submit_objection(objection, actor=actor)
    if "answer" in said:
        services.answer_objection(objection, "dismiss", answer=said["answer"], actor=answerer)


def _binder(org: Organization) -> User:
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample publicities with their objections and files."""
    return rows.remove_samples(), []
