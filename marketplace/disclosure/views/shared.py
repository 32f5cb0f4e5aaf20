"""What the pages of this slice share."""

from django.http import Http404, HttpRequest

from marketplace.disclosure.policies import subject_of_code
from marketplace.disclosure.rulebook import Subject
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
