"""The sample grants of `deploy/samples/disclosure.json`, made through the services that people use."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import transaction

from marketplace.disclosure import queries, services
from marketplace.disclosure.models import Grant, Reading
from marketplace.disclosure.policies import subject_kinds
from marketplace.disclosure.rulebook import Subject
from marketplace.kernel import clock
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization, User
from marketplace.parties.services.samples import sample_author, sample_organizations
from marketplace.web.samples import read
from marketplace.web.slices import Kept, Progress


def load(progress: Progress) -> None:
    """Load what is not there yet; a grant is known by its listing and its reader."""
    organizations = sample_organizations(read("organizations"))
    rows = read("disclosure")
    for row in rows:
        owner, reader = organizations[row["owner"]], organizations[row["reader"]]
        subject = _titled(row["kind"], row["title"], owner)
        if subject is None or not subject.is_public:
            continue
        if queries.grant_between(subject.kind, subject.pk, reader.pk) is None:
            _make(row, subject, owner, reader)
    progress("grants", len(rows), len(rows))


@transaction.atomic
def _make(
    row: Mapping[str, Any], subject: Subject, owner: Organization, reader: Organization
) -> None:
    asker, giver = _binder(reader), _binder(owner)
    state, reason = row["state"], row.get("reason", "")
    grant = services.request_grant(subject, reader, note=row["note"], actor=asker)
    if state == "requested":
        return
    if state == "withdrawn":
        services.withdraw(grant, actor=asker)
        return
    if state == "declined":
        services.decline(grant, reason=reason, actor=giver)
        return
    _accept(reader, asker)
    until = clock.today() + timedelta(days=row.get("days", 0))
    grant = services.give_grant(grant, until=until, actor=giver, releases_name=True)
    for _number in range(row.get("readings", 0)):
        services.record_reading(subject, what=Reading.What.PAGE, actor=asker)
    if state == "revoked":
        services.revoke(grant, reason=reason, actor=giver)
    elif state == "ended":
        # Given for a day that is over, which a person could not do today; then the clock ends it.
        at = clock.now()
        Grant.objects.filter(pk=grant.pk).update(
            since=at - timedelta(days=30), until=at - timedelta(days=1)
        )
        services.end_grants()


def _titled(name: str, title: str, owner: Organization) -> Subject | None:
    """The sample listing of this title and owner; `name` is the slice of its kind."""
    kind = next((one for one in subject_kinds() if one.startswith(f"{name}.")), "")
    rows = apps.get_model(kind)._default_manager if kind else None  # noqa: SLF001 -- Django's documented name for it
    pk = (
        rows.filter(title=title, owner=owner).values_list("pk", flat=True).first() if rows else None
    )
    return None if pk is None else queries.subject_named(kind, pk)


def _accept(org: Organization, actor: User) -> None:
    text = queries.current_text()
    if text is not None and queries.acceptance_of(org.pk, text) is None:
        services.accept_agreement(org, text, actor=actor)


def _binder(org: Organization) -> User:
    found = parties.binders_of(org.pk).filter(is_sample=True).order_by("pk").first()
    return found or sample_author(org)


def remove() -> tuple[dict[str, int], list[Kept]]:
    """Remove sample grants, acceptances and released names. The log of readings is kept, as every ledger."""
    return services.remove_samples(), []
