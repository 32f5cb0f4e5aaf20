"""What one bid says, or why it stays closed. Reads rows and files, writes nothing: called before the locks."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from marketplace.bids import queries as bids
from marketplace.bids.adapters import store
from marketplace.bids.models import Closing, Envelope
from marketplace.custody import sealing
from marketplace.files.rulebook import clean_name
from marketplace.openings.models import OpenedBid, Reveal
from marketplace.openings.rulebook import whole_form
from marketplace.openings.workflow import Cause


@dataclass(frozen=True)
class Verdict:
    """The content of an opened bid; or with `cause` why it stays closed, and the `finding` of the check."""

    cause: str = ""
    finding: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    price: int | None = None
    files: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Unsealed:
    """A sealed bid with its content key, in memory only."""

    header: dict[str, Any]
    opened: sealing.Opened


def judge_by_rights(envelope: Envelope, closing: Closing) -> Verdict:
    """What a bid says that rights alone hid: its form must be the one of which the hash was published."""
    form = whole_form(envelope.form)
    if not is_listed(envelope, closing):
        return Verdict(Cause.OPERATOR, "the header is not in the list of the close")
    header = sealing.parse(bytes(envelope.header))
    listed = [one["sha256"] for one in header["files"]]
    same = header["form"] == sealing.sha256(sealing.canonical(envelope.form))
    if form is None or not same or listed != [one["sha256"] for one in envelope.files]:
        return Verdict(Cause.OPERATOR, "form or files differ from the header")
    files = [
        {"name": one.get("name", ""), "size": one["size"], "code": one["code"], "reason": ""}
        for one in envelope.files
    ]
    return Verdict(form=form, price=form["price"], files=files)


def judge_sealed(row: OpenedBid, closing: Closing) -> Verdict | None:
    """What a sealed bid says by the shares that came; None while they do not suffice.

    Every stored file is checked against the header before a share is used, and opened to its end afterwards:
    a file that does not open is a fault of the bidder, whoever wants it or not.
    """
    try:
        found = unseal(row, closing)
        return _content(row, found) if found is not None else None
    except sealing.Fault as fault:
        return Verdict(_cause(fault), fault.reason)
    except FileNotFoundError:
        return Verdict(Cause.OPERATOR, "a stored file is missing")


def _content(row: OpenedBid, found: Unsealed) -> Verdict:
    manifest = found.opened.manifest
    form = whole_form(manifest["form"])
    if form is None:
        return Verdict(Cause.BIDDER, "the form is not of the announced version")
    for number, one in enumerate(manifest["files"], 1):
        with _reader(row.envelope)(number) as stream:
            size = one["size"]
            deque(sealing.open_file(found.header, found.opened.cek, number, stream, size), 0)
    files = [
        {"name": clean_name(one["name"]), "size": one["size"], "code": "", "reason": ""}
        for one in manifest["files"]
    ]
    return Verdict(form=form, price=form["price"], files=files)


def unseal(row: OpenedBid, closing: Closing) -> Unsealed | None:
    """The header, manifest and content key; None while the shares do not suffice. Raises Fault, FileNotFoundError."""
    envelope = row.envelope
    header = _sealed_header(row, closing)
    shares = shares_of(row)
    revealed = Reveal.objects.filter(opened=row).first()
    good = [name for name, share in shares.items() if sealing.good_share(header, name, share)]
    if revealed is None and len(good) < header["threshold"]:
        return None
    read = _reader(envelope)
    for number, entry in enumerate(header["files"]):
        with read(number) as stream:
            if not sealing.as_announced(entry, stream):
                raise sealing.Fault("operator", f"file {number} is not the one that was accepted")
    cek = sealing.code_bytes(revealed.key) if revealed is not None else None
    terms = bids.terms_of_lot(row.bid.tender, row.lot)
    try:
        return Unsealed(header, sealing.open_bid(header, terms, shares, read, cek))
    except sealing.Undecided:
        return None


def shares_of(row: OpenedBid) -> dict[str, bytes]:
    """The shares by code of the keeper: of two the good one. A box that did not open is an empty share."""
    posted = row.shares.select_related("custodian").order_by("is_good", "id")
    return {
        one.custodian.code: sealing.share_bytes(one.share) if one.share else b"" for one in posted
    }


def is_listed(envelope: Envelope, closing: Closing) -> bool:
    """Whether the header is the one that was accepted, and was published at the close."""
    digest = sealing.header_hash(bytes(envelope.header))
    return digest == envelope.header_hash and digest in closing.hashes


def _listed_header(envelope: Envelope, closing: Closing) -> dict[str, Any]:
    if not is_listed(envelope, closing):
        raise sealing.Fault("operator", "the header is not in the list of the close")
    return dict(sealing.parse(bytes(envelope.header)))


def _sealed_header(row: OpenedBid, closing: Closing) -> dict[str, Any]:
    _listed_header(row.envelope, closing)
    terms = bids.terms_of_lot(row.bid.tender, row.lot)
    raw, code = bytes(row.envelope.header), row.bid.code
    try:
        return sealing.check_header(raw, terms, code, row.envelope.revision)
    except sealing.FormatError as error:
        raise sealing.Fault(
            "operator", f"the header is not to the announced keys: {error}"
        ) from error


def _reader(envelope: Envelope) -> Callable[[int], BinaryIO]:
    return lambda number: store.open_stored(envelope.files[number]["path"])


def _cause(fault: sealing.Fault) -> str:
    return Cause.BIDDER if fault.party == "bidder" else Cause.OPERATOR
