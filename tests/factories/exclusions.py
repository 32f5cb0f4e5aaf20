"""Decisions of competent bodies, recorded by the service that people use."""

from datetime import date, timedelta
from typing import Any

from marketplace.exclusions import services
from marketplace.exclusions.models import Decision
from marketplace.exclusions.services import Content
from marketplace.kernel import clock
from marketplace.parties.models import Organization, User
from tests.factories.parties import make_staff

BODY = "某市公共资源交易监督管理局"


def content_of(named: Organization | User, **said: Any) -> Content:
    """A decision of a year from today on against all kinds of tenders; `said` replaces parts."""
    today = clock.today()
    whole: dict[str, Any] = {
        "body": BODY,
        "number": "公管罚〔2026〕7 号",
        "decided_on": today - timedelta(1),
        "scopes": ["trade"],
        "starts_on": today,
        "last_on": today + timedelta(365),
        "source": "https://gov.example/7",
    }
    if isinstance(named, Organization):
        whole |= {"kind": "organization", "name": named.name, "uscc": named.uscc}
    else:
        whole |= {
            "kind": "person",
            "name": named.name or "某人",
            "note": "原某大学教授",
            "account": named.email,
            "scopes": ["expert"],
        }
    return Content(**whole | said)


def make_decision(
    named: Organization | User, *, actor: User | None = None, **said: Any
) -> Decision:
    """A decision that is recorded."""
    return services.record_decision(
        content_of(named, **said), actor=actor or make_staff("operator")
    )


def lift(row: Decision, on: date, *, actor: User | None = None) -> Decision:
    """Lifted from this day on."""
    how = {"actor": actor or make_staff("operator"), "rev": row.rev}
    return services.lift_decision(row, number="公管解〔2026〕1 号", lifted_on=on, **how)
