"""What the pages of this slice share."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from marketplace.kernel.errors import InvalidInput
from marketplace.parties import queries as parties
from marketplace.parties.models import User


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


@dataclass(frozen=True)
class Act:
    """One thing that the reader may do on a page: a button, with a form where something must be said."""

    name: str
    label: Any
    form: Any = None
    danger: bool = False
    note: Any = ""


def at_fields(form: Any, error: InvalidInput) -> None:
    """Each reason at its field; a field that the form does not have goes above the form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, str(reason))


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
