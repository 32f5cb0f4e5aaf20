"""Acceptances and grants in any state, made through the services."""

from datetime import timedelta
from typing import Any

from marketplace.disclosure import queries, services
from marketplace.disclosure.models import Grant
from marketplace.kernel import clock
from marketplace.parties.models import Organization, User


def subject_of(listing: Any) -> Any:
    """What is disclosed of a listing."""
    subject = queries.subject_named(listing._meta.label_lower, listing.pk)
    assert subject is not None
    return subject


def accept(org: Organization, actor: User) -> None:
    """The text that holds now is accepted for `org`, once."""
    text = queries.current_text()
    assert text is not None
    if queries.acceptance_of(org.pk, text) is None:
        services.accept_agreement(org, text, actor=actor)


def make_grant(
    listing: Any,
    org: Organization,
    *,
    asker: User,
    owner: User,
    state: str = "granted",
    days: int = 30,
) -> Grant:
    """A grant of the listing to `org` in `state`; `owner` binds the owner, `asker` works for `org`."""
    grant = services.request_grant(subject_of(listing), org, note="评估合作", actor=asker)
    if state == "requested":
        return grant
    if state == "withdrawn":
        return services.withdraw(grant, actor=asker)
    if state == "declined":
        return services.decline(grant, reason="暂不合作", actor=owner)
    until = clock.today() + timedelta(days=days)
    if state == "ended":
        with clock.shift(-timedelta(days=3)):
            grant = services.give_grant(grant, until=clock.today(), actor=owner, releases_name=True)
        services.end_grants()
        grant.refresh_from_db()
        return grant
    grant = services.give_grant(grant, until=until, actor=owner, releases_name=True)
    if state == "revoked":
        return services.revoke(grant, reason="合作终止", actor=owner)
    return grant
