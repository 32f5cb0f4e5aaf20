"""The request of a page behind `login_required`."""

from django.http import HttpRequest

from marketplace.parties.models import User


class MemberRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User
