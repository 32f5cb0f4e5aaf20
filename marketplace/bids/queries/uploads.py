"""Rights to send files, and the files that came under them."""

import hashlib
from collections.abc import Iterable

from django.db.models import Sum

from marketplace.bids.models import Bid, Right, Upload
from marketplace.bids.workflow import LIVE
from marketplace.kernel import clock


def right_of(token: str) -> Right | None:
    """The right of this token while it holds: the bid is live, and the tender takes bids until its deadline."""
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    found = Right.objects.select_related("bid__tender").filter(digest=digest).first()
    if found is None or found.bid.status not in LIVE:
        return None
    return found if found.bid.tender.status_at(clock.now()) == "tendering" else None


def is_name(name: str) -> bool:
    """Whether this can be the name of a file in the store; the database is asked for no other."""
    return name.isascii() and name.isalnum()


def upload_of(right: Right, name: str) -> Upload | None:
    """A file under this right by the last part of its path. One that belongs to an envelope is left alone."""
    if not is_name(name):
        return None
    rows = Upload.objects.filter(bid_id=right.bid_id, envelope__isnull=True)
    return rows.filter(path=f"{name[:2]}/{name}").first()


def used_bytes(bid: Bid) -> int:
    """Announced bytes of the files of a bid that belong to no envelope yet."""
    rows = Upload.objects.filter(bid=bid, envelope__isnull=True)
    return int(rows.aggregate(sum=Sum("size"))["sum"] or 0)


def claimed_paths(paths: Iterable[str]) -> set[str]:
    """Those of these paths that a row knows."""
    return set(Upload.objects.filter(path__in=list(paths)).values_list("path", flat=True))
