"""Mandates and introductions, made through the services."""

from datetime import timedelta
from typing import Any

from marketplace.brokerage.models import Broker, Introduction, Mandate
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.services import introductions, mandates
from marketplace.brokerage.services.introductions import Claim, Party
from marketplace.brokerage.services.mandates import Scope
from marketplace.kernel import clock
from marketplace.listings.kind import kinds
from marketplace.parties.models import Organization, User


def kind_of(listing: Any) -> Any:
    """The kind of a listing."""
    return next(kind for kind in kinds() if isinstance(listing, kind.model))


def make_mandate(
    broker: Broker,
    client: Organization,
    binder: User,
    *,
    listing: Any = None,
    state: str = "accepted",
    days: int = 90,
    by: str = "broker",
    **terms: Any,
) -> Mandate:
    """A mandate that starts today, proposed by the broker and accepted by `binder` (or the other way)."""
    scope = Scope(client, kind_of(listing), listing) if listing is not None else Scope(client)
    first, second = (broker.user, binder) if by == "broker" else (binder, broker.user)
    made = mandates.propose_mandate(
        broker=broker,
        scope=scope,
        terms=Terms(**{"rate_bp": 300, **terms}),
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=days),
        actor=first,
    )
    if state == "proposed":
        return made
    if state in {"declined", "withdrawn"}:
        move, actor = ("decline", second) if state == "declined" else ("withdraw", first)
        return mandates.close_mandate(made, move, actor=actor)
    made = mandates.accept_mandate(made, actor=second)
    if state == "terminated":
        return mandates.close_mandate(made, "terminate", reason="双方另有安排", actor=second)
    if state == "ended":
        now = clock.now()
        Mandate.objects.filter(pk=made.pk).update(
            starts_at=now - timedelta(days=days), ends_at=now - timedelta(days=1)
        )
        mandates.end_mandates()
        made.refresh_from_db()
    return made


def make_introduction(
    broker: Broker, one: Organization, other: Organization, listing: Any, **values: Any
) -> Introduction:
    """A claim from a meeting an hour ago."""
    claim = Claim(
        (Party(one), Party(other)),
        kind_of(listing),
        listing,
        "meeting",
        values.pop("happened_at", clock.now() - timedelta(hours=1)),
        values.pop("note", "在开发区会议室，双方技术负责人参加，谈了中试条件。"),
    )
    return introductions.record_introduction(broker, claim, actor=broker.user)


def answer(row: Introduction, org: Organization, actor: User, said: str = "acknowledged") -> Any:
    """One side answers."""
    return introductions.answer_introduction(
        row,
        side=org.code,
        answer=said,
        reason="" if said == "acknowledged" else "双方早已相识",
        actor=actor,
    )
