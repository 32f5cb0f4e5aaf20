"""What the pages of openings share."""

from django.http import Http404, HttpRequest

from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid, Opening
from marketplace.parties.models import User
from marketplace.web.views import fetch


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def one(request: PersonRequest, code: str, action: str | None = None) -> Opening:
    """An opening that the reader may see, as it is now. Raises Http404, Forbidden."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="openings.view_opening",
        action=action,
    )
    return services.up_to_date(row.tender) or row


def opened(request: PersonRequest, code: str) -> OpenedBid:
    """What the opening made of the bid of this code, for its bidder, the purchaser and admitted readers.

    Whoever has nothing to do with it gets Http404, and so does everybody before the opening.
    """
    found = queries.bid_rows().filter(bid__code=code).first() if is_valid_code(code) else None
    if found is None or not may_know(request.user, found):
        raise Http404
    return found


def may_know(user: User, row: OpenedBid) -> bool:
    """Whether the person may know of an opened bid: he reads it, or would after his undertaking."""
    if user.has_perm("openings.read_bid", row):
        return True
    return row.is_open and user.access.in_org(row.opening.tender.owner_id)


def first_reason(error: InvalidInput) -> object:
    """What a page says whose only field is filled by its script."""
    return next(reason for reasons in error.errors.values() for reason in reasons)
