"""Sealing on receipt, for bidders whose browser cannot seal. The plaintext never touches a disk."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from marketplace.custody.sealing.encoding import canonical, sha256, to_base64
from marketplace.custody.sealing.files import FileSealer
from marketplace.custody.sealing.header import SUITE, Header, Terms, commitment, core_hash
from marketplace.custody.sealing.hpke import seal_box
from marketplace.custody.sealing.shamir import split


class BidSealer:
    """Seals one bid as its upload arrives. `write(index, bytes)` takes ciphertext; file 0 is the manifest.

    The server sees the plaintext and the content key while it seals. So the header says `sealed_by: server`
    for ever, and the bidder gets the content key once (`code`), because no key of his is in the header.
    """

    def __init__(
        self, terms: Terms, bid: str, revision: int, write: Callable[[int, bytes], object]
    ) -> None:
        self._cek = secrets.token_bytes(32)
        self._write, self._files = write, list[tuple[str, FileSealer]]()
        self._head: Header = {
            "bid": bid,
            "commitment": commitment(self._cek),
            "lot": terms.lot,
            "recipients": [],
            "recovery": None,
            "revision": revision,
            "sealed_by": "server",
            "suite": SUITE,
            "tender": terms.tender,
            "threshold": terms.threshold,
            "version": 1,
        }
        self._ephemeral = list[str]()
        shares = split(self._cek, terms.threshold, len(terms.custodians))
        for share, (custodian, public) in zip(shares, terms.custodians.items(), strict=True):
            box, ephemeral = seal_box("share", self._head, custodian, public, share)
            self._head["recipients"].append(
                {**box, "custodian": custodian, "share_sha256": sha256(share)}
            )
            self._ephemeral.append(ephemeral)

    @property
    def code(self) -> str:
        """The content key as text: the bidder's way to open his own copy. It is shown once and not stored."""
        return to_base64(self._cek)

    def _sealer(self, index: int) -> FileSealer:
        core = core_hash(self._head)
        return FileSealer(self._cek, core, index, lambda data: self._write(index, data))

    def file(self, name: str) -> FileSealer:
        """Start the next file. The caller calls `update`; `finish` is left to this class."""
        self._files.append((name, self._sealer(len(self._files) + 1)))
        return self._files[-1][1]

    def finish(self, form: Mapping[str, Any]) -> bytes:
        """End the files, write the manifest, and return the header."""
        entries = [sealer.finish() for _, sealer in self._files]
        names = [{"name": name, "size": sealer.size} for name, sealer in self._files]
        manifest = self._sealer(0)
        manifest.update(
            canonical({"ephemeral": self._ephemeral, "files": names, "form": dict(form)})
        )
        return canonical({**self._head, "files": [manifest.finish(), *entries]})
