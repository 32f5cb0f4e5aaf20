"""Opening a sealed bid: who posted a good share, what the bid says, and who is at fault if it stays closed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.custody.sealing.encoding import (
    FormatError,
    from_base64,
    parse,
    sha256,
    sized,
    to_base64,
)
from marketplace.custody.sealing.files import FileCipher, as_announced
from marketplace.custody.sealing.header import (
    SEGMENT,
    Header,
    Terms,
    commitment,
    core_hash,
    padded,
)
from marketplace.custody.sealing.hpke import TAG, binding, hpke_sender, open_box
from marketplace.custody.sealing.keys import CURVE, public_bytes
from marketplace.custody.sealing.shamir import combine

BIDDER, OPERATOR = "bidder", "operator"


class Fault(Exception):
    """The bid stays closed for ever, and `party` is the cause: the bidder or the operator."""

    def __init__(self, party: str, reason: str) -> None:
        super().__init__(f"{party}: {reason}")
        self.party, self.reason = party, reason


class Undecided(Exception):
    """There are too few good shares so far. `disputed` custodians posted one that the header does not announce.

    Either they or the bidder are wrong. Another custodian decides it, or the content key that the bidder reveals.
    """

    def __init__(self, good: Sequence[str], disputed: Sequence[str]) -> None:
        super().__init__(f"good: {good}, disputed: {disputed}")
        self.good, self.disputed = list(good), list(disputed)


@dataclass(frozen=True)
class Opened:
    """An opened bid. `faulty` are the custodians who posted another share than the one sealed to them."""

    cek: bytes
    manifest: dict[str, Any]
    faulty: list[str]


def good_share(header: Header, custodian: str, share: bytes) -> bool:
    """Whether the header announces exactly this share for this custodian."""
    return any(
        one["custodian"] == custodian
        and one["share_sha256"] == sha256(share)
        and share[:1] == bytes([number])
        for number, one in enumerate(header["recipients"], 1)
    )


def open_bid(
    header: Header,
    terms: Terms,
    shares: Mapping[str, bytes],
    read: Callable[[int], BinaryIO],
    cek: bytes | None = None,
) -> Opened:
    """Open a bid with the posted shares, or with the content key `cek` that its bidder revealed.

    `read(index)` gives the stored ciphertext of a file. Raises Undecided while the shares do not suffice, and
    Fault when the bid can never be opened. A verdict is the same whichever custodians came: the audit looks at
    the share of every custodian.
    """
    good = [name for name, share in shares.items() if good_share(header, name, share)]
    disputed = [name for name in shares if name not in good]
    if cek is None:
        if len(good) < header["threshold"]:
            raise Undecided(good, disputed)
        cek = combine([shares[name] for name in good[: header["threshold"]]])
    if commitment(cek) != header["commitment"]:
        raise Fault(BIDDER, "the content key differs from its commitment")
    manifest = _manifest(header, cek, read(0))
    _audit(header, terms, cek, manifest["ephemeral"])
    return Opened(cek, manifest, disputed)


def open_file(
    header: Header, cek: bytes, index: int, stream: BinaryIO, size: int
) -> Iterator[bytes]:
    """Yield the first `size` bytes of a file, segment by segment, after its stored digest was checked."""
    entry = header["files"][index]
    if not as_announced(entry, stream):
        raise Fault(OPERATOR, f"file {index} is not the one that was accepted")
    cipher = FileCipher(cek, core_hash(header), index, from_base64(entry["prefix"]))
    stream.seek(0)
    for at in range(0, entry["size"], SEGMENT):
        length = min(SEGMENT, entry["size"] - at)
        try:
            last = at + length == entry["size"]
            plain = cipher.open(at // SEGMENT, last, stream.read(length + TAG))
        except InvalidTag:
            raise Fault(BIDDER, f"file {index} does not open at byte {at}") from None
        if any(plain[max(0, size - at) :]):
            raise Fault(BIDDER, f"file {index} has padding that is not zero")
        yield plain[: max(0, size - at)]


def _manifest(header: Header, cek: bytes, stream: BinaryIO) -> dict[str, Any]:
    entries = header["files"]
    plain = b"".join(open_file(header, cek, 0, stream, entries[0]["size"])).rstrip(b"\0")
    try:
        manifest = parse(plain)
        files = [(file["name"], file["size"]) for file in manifest["files"]]
        typed = all(type(name) is str and type(size) is int and size >= 0 for name, size in files)
        fits = [padded(size) for _, size in files] == [entry["size"] for entry in entries[1:]]
        shaped = set(manifest) == {"ephemeral", "files", "form"}
        if typed and fits and shaped and type(manifest["form"]) is dict:
            return dict(manifest)
    except (FormatError, KeyError, TypeError):
        pass
    raise Fault(BIDDER, "the manifest does not fit the header")


def _audit(header: Header, terms: Terms, cek: bytes, ephemeral: Any) -> None:
    """Repeat every sealing: all boxes must hold the announced shares, and all must be on one polynomial.

    A custodian who posted something else cannot put it on the bidder after this.
    """
    shares: list[bytes] = []
    try:
        for box, once in zip(header["recipients"], ephemeral, strict=True):
            shares.append(_resealed(header, terms, box, once))
    except (InvalidTag, TypeError, ValueError):
        number = len(shares) + 1
        raise Fault(
            BIDDER, f"the share for custodian {number} is not sealed as announced"
        ) from None
    first = shares[: header["threshold"]]
    if combine(first) != cek or any(combine(first, share[0]) != share[1:] for share in shares):
        raise Fault(BIDDER, "the shares do not belong together")


def _resealed(header: Header, terms: Terms, box: Mapping[str, Any], once: Any) -> bytes:
    """Return the share of a box by the one-time key that its sender used, or raise an error."""
    key = ec.derive_private_key(int.from_bytes(sized(once, 32), "big"), CURVE)
    custodian = box["custodian"]
    info = binding("share", header, custodian, box["key"])
    cipher, nonce = hpke_sender(key, terms.custodians[custodian], info)
    share = cipher.decrypt(nonce, from_base64(box["ciphertext"]), None)
    if to_base64(public_bytes(key)) != box["enc"] or not good_share(header, custodian, share):
        raise ValueError("another share")
    return share


def recover(header: Header, private: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the content key from the bidder's own box. For tests and offline tools of the bidder."""
    return open_box(private, "recovery", header, BIDDER, header["recovery"])
