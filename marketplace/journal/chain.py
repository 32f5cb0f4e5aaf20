"""The hash chain over the journal: whoever changes or removes an old entry is found out.

A service writes entries without any lock on the chain. One task, the sealer, links them a few seconds
later: each `Seal` holds the SHA-256 of the seal before and of the whole entry. The order of the chain is
the order of sealing, not of ids, because transactions do not commit in the order of their ids.
"""

import hashlib
import json
from datetime import UTC

from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from marketplace.journal.models import Entry, Seal
from marketplace.kernel.unreadable import readable

#: The hash before the first seal.
GENESIS = "0" * 64
#: Entries sealed in one transaction.
BATCH = 1000
#: An id this far below the highest sealed one may still belong to a transaction that has not committed.
#: Rarer stragglers are found by the nightly check, which looks at all entries.
WINDOW = 10_000


def digest(before: str, entry: Entry) -> str:
    """The hash of the seal of this entry: SHA-256 over the hash before and the entry as canonical JSON."""
    content = [
        before,
        entry.pk,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.event,
        entry.actor_id,
        entry.subject_kind,
        entry.subject_id,
        entry.payload,
        entry.request_id,
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def unsealed() -> QuerySet[Entry]:
    """Entries without a seal, oldest id first."""
    sealed = Exists(Seal.objects.filter(entry=OuterRef("pk")))
    return Entry.objects.exclude(sealed).order_by("pk")


def head() -> Seal | None:
    """The last link of the chain; None when nothing is sealed."""
    return Seal.objects.order_by("-seq").first()


def seal_entries(limit: int = BATCH, *, everywhere: bool = False) -> int:
    """Link up to `limit` entries to the chain and return their number.

    Looks at ids near the highest sealed one, or `everywhere` in the table. Two sealers at once are
    harmless: both would write the same `seq`, and the database accepts one. Entries that cannot be read
    are left out and stay unsealed, which the check reports.
    """
    try:
        with transaction.atomic():
            last = head()
            seq, before = (last.seq, last.hash) if last else (0, GENESIS)
            rows = unsealed()
            if not everywhere:
                highest = Seal.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
                rows = rows.filter(pk__gt=highest - WINDOW)
            seals = []
            for entry in readable(rows[:limit]):
                seq, before = seq + 1, digest(before, entry)
                seals.append(Seal(seq=seq, entry=entry, hash=before))
            Seal.objects.bulk_create(seals)
            return len(seals)
    except IntegrityError:
        return 0
