"""What the pages of this slice share."""

from typing import Any

from django.http import HttpRequest

from marketplace.parties import queries as parties
from marketplace.parties.models import User


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def organizations_of(user: User, *, but: int | None = None) -> dict[str, Any]:
    """The organisations in whose name the person may act, by code."""
    return {
        row.organization.code: row.organization
        for row in parties.organizations_of(user)
        if row.organization_id != but
    }


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None
