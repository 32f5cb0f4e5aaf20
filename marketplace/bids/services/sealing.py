"""Sealing on receipt, for browsers that cannot: the plaintext is in memory only, a segment at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.bids import queries
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Receipt, Upload
from marketplace.bids.rulebook import partners_of
from marketplace.bids.services.handing_in import Handover, hand_in_sealed
from marketplace.custody import sealing
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import StorageFull
from marketplace.kernel.revisions import check


class PlainUpload:
    """One bid that is sealed while it comes in. `file` begins a file and returns where its bytes go."""

    def __init__(self, bid: Bid) -> None:
        self.bid = bid
        self._paths: dict[int, str] = {}
        terms = queries.terms_of_lot(bid.tender, bid.lot)
        self._sealer = sealing.BidSealer(terms, bid.code, bid.revision + 1, self._write)

    @property
    def code(self) -> str:
        """The content key as text, the bidder's way to open his own copy: shown once and stored nowhere."""
        return self._sealer.code

    def _write(self, index: int, data: bytes) -> None:
        if index not in self._paths:
            if store.room().is_short:
                raise StorageFull
            self._paths[index] = store.new_path()
            store.create(self._paths[index])
        path = self._paths[index]
        at = store.size_of(path)
        store.append(path, at, at + len(data), [data])

    def file(self, name: str) -> Callable[[bytes], None]:
        """Begin the next file."""
        return self._sealer.file(name).update

    def finish(self, form: Mapping[str, Any], said: Handover, *, actor: Actor) -> Receipt:
        """Seal the form and hand in. Raises as `hand_in_sealed` does."""
        check(self.bid.rev, said.rev, self.bid)
        header = self._sealer.finish(form)
        paths = [self._paths[index] for index in range(len(self._paths))]
        Upload.objects.bulk_create(
            Upload(bid=self.bid, path=path, size=store.size_of(path)) for path in paths
        )
        names = [path.rpartition("/")[2] for path in paths]
        return hand_in_sealed(
            self.bid,
            header,
            names,
            said,
            actor=actor,
            sealed_by="server",
            partners=partners_of(form),
        )

    def drop(self) -> None:
        """Erase what was sealed and is not part of an envelope."""
        paths = set(self._paths.values())
        Upload.objects.filter(path__in=paths, envelope__isnull=True).delete()
        for path in paths - queries.claimed_paths(paths):
            store.erase(path)
