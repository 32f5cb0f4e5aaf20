"""What the pages of this slice share."""

from typing import Any

from django.http import HttpRequest

from marketplace.kernel.errors import InvalidInput
from marketplace.parties.models import User


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def first_reason(error: InvalidInput) -> object:
    """What a page says whose only field is filled by its script."""
    return next(reason for reasons in error.errors.values() for reason in reasons)


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None
