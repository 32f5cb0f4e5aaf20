"""What the pages of this slice share."""

from typing import Any

from django.http import HttpRequest

from marketplace.kernel.errors import InvalidInput
from marketplace.parties.models import User


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def at_fields(form: Any, error: InvalidInput) -> None:
    """Each reason at its field; a field that the form does not have goes above the form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, str(reason))


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None
