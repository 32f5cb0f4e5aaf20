"""Links of visitors."""

from marketplace.enquiries.models import VisitorLink
from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible
from marketplace.parties.queries import hash_of

_WITH = ("enquiry", "enquiry__owner", "enquiry__visitor")


def link_of_token(token: str) -> VisitorLink:
    """The link of a secret, running or not. Raises NotVisible when there is none."""
    rows = VisitorLink.objects.select_related(*_WITH)
    found = rows.filter(token_hash=hash_of(token[:200])).first()
    if found is None:
        raise NotVisible
    return found


def running_link(pk: object) -> VisitorLink | None:
    """The link of a session, if it is neither over nor revoked."""
    if not isinstance(pk, int):
        return None
    rows = VisitorLink.objects.select_related(*_WITH).filter(pk=pk, revoked_at=None)
    return rows.filter(expires_at__gt=clock.now()).first()


def is_running(link: VisitorLink) -> bool:
    """Whether a link still opens its enquiry."""
    return link.revoked_at is None and link.expires_at > clock.now()
