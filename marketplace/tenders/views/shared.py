"""What the pages of tenders share."""

from typing import Any

from django.http import HttpRequest

from marketplace.parties import queries as parties
from marketplace.parties.models import User
from marketplace.tenders import queries, services
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import PAST_DEADLINE
from marketplace.web.views import fetch


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None


def organizations_of(user: User, *, but: int | None = None) -> dict[str, Any]:
    """The organisations in whose name the person may act, by code."""
    return {
        row.organization.code: row.organization
        for row in parties.organizations_of(user)
        if row.organization_id != but
    }


def one(request: HttpRequest, code: str, action: str = "") -> Tender:
    """A tender of this code as it is now. Raises Http404 for one that the reader may not see, Forbidden."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="tenders.view_tender",
        **({"action": action} if action else {}),
    )
    return services.settle(row)


def parts_of(tender: Tender) -> dict[str, Any]:
    """Everything that a page shows of a tender's parts, one query each."""
    return {
        "lots": list(tender.lots.all()),
        "shows_stages": tender.status in PAST_DEADLINE,
        "requirements": list(tender.requirements.all()),
        "criteria": list(tender.criteria.all()),
        "keepers": list(
            tender.keepers.select_related("custodian__organization", "custodian__person")
        )
        if tender.is_sealed
        else [],
    }
