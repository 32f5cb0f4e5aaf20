"""Sending files: a right for a bid, and files that grow by segments without a write to the database."""

import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import queries
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Right, Upload
from marketplace.bids.rulebook import MOST_FILES, MOST_STORED
from marketplace.bids.services.locking import erase_after_commit, locked
from marketplace.bids.workflow import LIVE, is_taken
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, StorageFull


@transaction.atomic
def grant_right(bid: Bid, *, actor: Actor) -> str:
    """The token of a new right to send files until the deadline; it is shown once.

    What was sent under the right before goes: its content key is gone with the page that made it. Raises Forbidden,
    and Refused where nothing is taken.
    """
    bid, now = locked(bid)
    if not actor.has_perm("bids.bind_bid", bid):
        raise Forbidden
    if bid.status not in LIVE:
        raise Refused(_("方案已撤回或失效"))
    if reason := is_taken(bid, now):
        raise Refused(reason)
    token = secrets.token_urlsafe(32)
    forget_uploads(bid)
    Right.objects.filter(bid=bid).delete()
    Right.objects.create(
        bid=bid, digest=hashlib.sha256(token.encode()).hexdigest(), given_to_id=actor.pk
    )
    return token


def forget_uploads(bid: Bid) -> None:
    """Let go of what was sent and not handed in. The bid is locked."""
    rows = Upload.objects.filter(bid=bid, envelope__isnull=True)
    erase_after_commit(rows.values_list("path", flat=True))
    rows.delete()


@transaction.atomic
def begin_upload(right: Right, size: int) -> Upload:
    """Announce a file of so many bytes. Raises InvalidInput at `size` beyond the quota, StorageFull."""
    # The bid before its right, as where a new right is given.
    bid = Bid.objects.select_for_update(of=("self",), no_key=True).filter(pk=right.bid_id).first()
    row = Right.objects.select_for_update().filter(pk=right.pk, digest=right.digest).first()
    if bid is None or row is None:
        raise Refused(_("上传许可已被新的许可取代"))
    count = Upload.objects.filter(bid_id=row.bid_id, envelope__isnull=True).count()
    used = queries.used_bytes(right.bid)
    if not 0 < size <= MOST_STORED - used or count > MOST_FILES:
        raise InvalidInput({"size": [_("一份方案的文件合计不超过 200 MB，最多 20 个")]})
    room = store.room()
    if room.is_short or room.free - size <= 0:
        raise StorageFull
    path = store.new_path()
    store.create(path)
    return Upload.objects.create(bid_id=row.bid_id, path=path, size=size, created_at=clock.now())


def append(upload: Upload, offset: int, chunks: Iterable[bytes]) -> int:
    """Append a segment; the new offset. Raises as the store does."""
    return store.append(upload.path, offset, upload.size, chunks)
