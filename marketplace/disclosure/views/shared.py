"""What the pages of this slice share."""

from typing import Any

from django.http import Http404, HttpRequest

from marketplace.disclosure.policies import subject_of_code
from marketplace.disclosure.rulebook import Subject
from marketplace.kernel.errors import InvalidInput
from marketplace.parties.models import User


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def subject_or_404(request: HttpRequest, code: str) -> Subject:
    """The listing of this code as it is disclosed, if the reader may see it. Raises Http404."""
    subject = subject_of_code(code, request.user)
    if subject is None:
        raise Http404
    return subject


def at_fields(form: Any, error: InvalidInput) -> None:
    """Each reason at its field; a field that the form does not have goes above the form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, str(reason))
