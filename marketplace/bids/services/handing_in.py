"""Handing in: an envelope is stored and a receipt given, in one transaction under the lock of the tender.

It is taken when the instant that was read after the lock lies before the deadline. What takes long, reading the files
that came, is done before the lock; nobody writes to a file that is complete.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.bids import events, queries
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Envelope, Receipt, Upload
from marketplace.bids.queries.uploads import is_name
from marketplace.bids.rulebook import PLEDGE, form_errors, partners_of
from marketplace.bids.services.drafts import keep_files
from marketplace.bids.services.locking import (
    locked,
    note_hand,
    refuse_bidder,
    refuse_excluded,
    save,
)
from marketplace.bids.services.receipts import give_receipt
from marketplace.bids.workflow import BID, Status
from marketplace.custody import sealing
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check


@dataclass(frozen=True)
class Handover:
    """What the person says when he hands in.

    `terms_rev` is the version of the terms that he has read, `pledge` the version of the pledge that he accepted.
    """

    terms_rev: int
    pledge: int
    rev: Rev = None


@dataclass(frozen=True)
class _Content:
    """What an envelope holds."""

    header: bytes
    sealed_by: str
    files: list[dict[str, Any]]
    form: dict[str, Any]
    #: Partners of a joint bid, as far as the server reads the form: of a bid that the browser seals it does not.
    partners: Sequence[str] = ()


@transaction.atomic
def _take(
    bid: Bid, said: Handover, content: Callable[[Bid, int], _Content], *, actor: Actor
) -> Receipt:
    """Lock, judge by the clock, store, sign. `content` is asked under the lock, with the number of the revision."""
    bid, now = locked(bid)
    BID.fire("replace" if bid.status == Status.SUBMITTED else "submit", bid, actor, at=now)
    check(bid.rev, said.rev, bid)
    if said.terms_rev != bid.tender.terms_rev:
        raise Refused(_("公告在您打开页面之后有变更，请先查看变更，再重新提交；已填写的内容仍在"))
    if said.pledge != PLEDGE:
        raise InvalidInput({"pledge": [_("请阅读并同意诚信承诺")]})
    if not bid.organization.is_verified:
        raise Refused(_("单位通过认证后才能提交；认证期间可以先准备草稿"))
    refuse_bidder(bid)
    if bid.tender.ruled_by.bars_kin and not bid.head:
        raise InvalidInput({"head": [_("请先在方案页填写单位负责人和控股、管理单位")]})
    note_hand(bid, actor)
    made = content(bid, bid.revision + 1)
    refuse_excluded(bid, made.partners, now)
    envelope = _store(bid, made, actor, now)
    bid.revision, bid.submitted_at = envelope.revision, now
    save(bid)
    receipt = give_receipt(bid.tender, envelope, Receipt.Kind.RECEIVED, now)
    fact = events.BidHandedIn(
        subject_id=bid.pk, revision=envelope.revision, header=envelope.header_hash
    )
    publish(fact, actor=actor)
    return receipt


def _store(bid: Bid, made: _Content, actor: Actor, now: datetime) -> Envelope:
    envelope = Envelope.objects.create(
        bid=bid,
        revision=bid.revision + 1,
        terms_rev=bid.tender.terms_rev,
        keys_rev=bid.tender.keys_rev,
        sealed_by=made.sealed_by,
        header=made.header,
        header_hash=sealing.header_hash(made.header),
        form=made.form,
        files=made.files,
        pledge=PLEDGE,
        handed_in_by_id=actor.pk,
        received_at=now,
        is_sample=bid.is_sample,
    )
    if made.sealed_by != Envelope.SealedBy.ACCESS:
        paths = [one["path"] for one in made.files]
        free = Upload.objects.filter(bid=bid, envelope__isnull=True, path__in=paths)
        # A new right may have swept them away, or another request may have handed them in.
        if free.update(envelope=envelope) != len(paths):
            raise Refused(_("文件已不在服务器上，请重新密封并上传"))
    return envelope


def hand_in_sealed(
    bid: Bid,
    header: bytes,
    names: Sequence[str],
    said: Handover,
    *,
    actor: Actor,
    sealed_by: str = "browser",
    partners: Sequence[str] = (),
) -> Receipt:
    """Take a sealed bid: its header, and the names of the uploads in the order of the header.

    `partners` are the names of a joint bid that was sealed on receipt; what the browser sealed is read at the opening.

    The receipt is given only after the header was checked against the announced keys and each file against the
    header. Raises Forbidden, Refused, Stale, InvalidInput at `header`, `files` or `pledge`.
    """
    if not bid.tender.is_sealed:
        raise Refused(_("这项征集不密封方案"))
    found = _checked(bid, header, bid.revision + 1, sealed_by)
    files = _files_of(bid, found["files"], names)

    def content(row: Bid, revision: int) -> _Content:
        # Once more: keys and revision are those under the lock.
        _checked(row, header, revision, sealed_by)
        return _Content(header, sealed_by, files, {}, partners)

    return _take(bid, said, content, actor=actor)


def _checked(bid: Bid, header: bytes, revision: int, sealed_by: str) -> Mapping[str, Any]:
    terms = queries.terms_of_lot(bid.tender, bid.lot)
    try:
        found = sealing.check_header(header, terms, bid.code, revision)
    except sealing.FormatError as error:
        reason = _("密封的抬头与公告的密钥或这份方案不符，没有接收；请重新密封")
        raise InvalidInput({"header": [reason]}) from error
    if found["sealed_by"] != sealed_by:
        raise InvalidInput({"header": [_("密封方式与提交方式不符")]})
    return found


def _files_of(
    bid: Bid, entries: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> list[dict[str, Any]]:
    """The stored files, each checked against its entry in the header. Raises InvalidInput at `files`."""
    paths = [f"{name[:2]}/{name}" for name in names if is_name(name)]
    rows = Upload.objects.filter(bid=bid, envelope__isnull=True, path__in=paths)
    known = dict(rows.values_list("path", "size"))
    if len(set(paths)) != len(entries) or set(paths) != set(known):
        raise InvalidInput({"files": [_("上传的文件与密封的抬头不符，请重新上传")]})
    found = []
    for path, entry in zip(paths, entries, strict=True):
        try:
            with store.open_stored(path) as stream:
                if not sealing.as_announced(entry, stream):
                    raise InvalidInput({"files": [_("有文件没有传完或在途中损坏，请重新上传")]})
                stream.seek(0)
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise InvalidInput({"files": [_("文件已不在服务器上，请重新上传")]}) from error
        found.append({"path": path, "sha256": digest, "size": known[path]})
    return found


def hand_in_open(bid: Bid, said: Handover, *, actor: Actor) -> Receipt:
    """Take the draft of a bid that rights alone hide. Raises Forbidden, Refused, Stale, InvalidInput at fields."""
    if bid.tender.is_sealed:
        raise Refused(_("这项征集的方案须先密封"))
    return _take(bid, said, _open_content, actor=actor)


def _open_content(bid: Bid, revision: int) -> _Content:
    requirements = list(bid.tender.requirements.all())
    tender = bid.tender
    if wrong := form_errors(
        bid.form,
        requirements,
        in_steps=tender.summary_first,
        bars_kin=tender.ruled_by.bars_kin,
    ):
        raise InvalidInput(wrong)
    files = [
        {"code": one.code, "sha256": one.sha256, "size": one.size, "name": one.name}
        for one in keep_files(bid)
    ]
    header = {
        "version": 1,
        "suite": "none",
        "sealed_by": "access",
        "tender": bid.tender.code,
        "lot": str(bid.lot.number),
        "bid": bid.code,
        "revision": revision,
        # Without it a short form could be guessed from the hash that is published.
        "salt": secrets.token_hex(32),
        "form": sealing.sha256(sealing.canonical(bid.form)),
        "files": [{"sha256": one["sha256"], "size": one["size"]} for one in files],
    }
    return _Content(
        sealing.canonical(header), "access", files, dict(bid.form), partners_of(bid.form)
    )
