"""The audit check: is the journal as it was written?

It names the first broken seal, each line of the anchor file that the chain contradicts, each append-only
table whose triggers are off, and entries that stay unsealed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from marketplace.journal import anchor, chain, triggers
from marketplace.journal.events import AuditAnchored, AuditBroken
from marketplace.journal.models import Entry, Seal
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable

#: An entry older than this without a seal is a finding: the sealer runs every few seconds.
UNSEALED = timedelta(minutes=5)
BATCH = 2000


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `kind` is one of the codes below, `seq` the place in the chain or 0."""

    kind: str
    text: str
    seq: int = 0


#: Kinds of findings that do not say that a row was touched.
NO_ANCHOR, LATE = "no-anchor", "unsealed"


@dataclass
class Report:
    """What the check found: seals compared, the head, and the findings in the order of the check."""

    checked: int = 0
    head: str = ""
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)

    @property
    def is_broken(self) -> bool:
        """Whether something was changed, removed, replaced or switched off."""
        return any(one.kind not in (NO_ANCHOR, LATE) for one in self.findings)

    @property
    def exit_code(self) -> int:
        """0 in order, 1 broken, 2 no anchor file, 3 entries without a seal."""
        if self.is_broken:
            return 1
        kinds = {one.kind for one in self.findings}
        return 2 if NO_ANCHOR in kinds else 3 if LATE in kinds else 0


def check(file: Path | None = None) -> Report:
    """Check chain, anchor file and triggers. `file` is the configured anchor file by default.

    Reads the whole journal once, in batches, within one transaction.
    """
    report = Report()
    with transaction.atomic():
        lines = _anchored(file or anchor.path(), report)
        wanted = {line.seq for line in lines}
        report.findings += _of_chain(report, wanted)
        report.findings += _of_anchor(report, lines)
        report.findings += [
            Finding("triggers-off", f"the triggers of the append-only table {table} are off")
            for table in triggers.lacking()
        ]
        late = chain.unsealed().filter(at__lt=clock.now() - UNSEALED)
        if first := late.values_list("pk", flat=True).first():
            text = f"{late.count()} entries are not sealed, the first is entry {first}"
            report.findings.append(Finding(LATE, text))
    return report


def _anchored(file: Path, report: Report) -> list[anchor.Anchored]:
    try:
        return anchor.read(file)
    except FileNotFoundError:
        # A site that has never anchored anything has no file yet.
        if Entry.objects.filter(event=AuditAnchored.__name__).exists():
            report.findings.append(Finding(NO_ANCHOR, f"the anchor file {file} is missing"))
    except anchor.AnchorUnreadable as error:
        text = f"line {error.args[0]} of the anchor file is no line of an anchor file"
        report.findings.append(Finding("anchor-unreadable", text))
    return []


def _of_chain(report: Report, wanted: set[int]) -> Iterator[Finding]:
    """The first place where the chain does not hold; nothing after it can be judged."""
    before, place = chain.GENESIS, 0
    while True:
        seals = list(Seal.objects.filter(seq__gt=place).order_by("seq")[:BATCH])
        if not seals:
            return
        rows = Entry.objects.filter(pk__in=[seal.entry_id for seal in seals])
        entries = {entry.pk: entry for entry in readable(rows)}
        for seal in seals:
            place += 1
            if seal.seq != place:
                yield Finding("seal-missing", f"seal {place} is missing", place)
                return
            entry = entries.get(seal.entry_id)
            if entry is None:
                text = f"entry {seal.entry_id} of seal {place} is missing or cannot be read"
                yield Finding("entry-missing", text, place)
                return
            before = chain.digest(before, entry)
            if before != seal.hash:
                text = f"entry {entry.pk} is not what seal {place} was made of"
                yield Finding("changed", text, place)
                return
            report.checked, report.head = place, before
            if place in wanted:
                report.hashes[place] = before


def _of_anchor(report: Report, lines: list[anchor.Anchored]) -> Iterator[Finding]:
    """Lines that the chain contradicts, and heads that were written to a file that has them no more."""
    broken = any(one.seq for one in report.findings)
    for line in lines:
        known = report.hashes.get(line.seq)
        if known == line.hash or (known is None and broken):
            continue
        what = "is not in the chain, whose end was cut" if known is None else "has another hash"
        text = f"seal {line.seq} of line {line.line} of the anchor file {what}"
        yield Finding("anchor-differs", text, line.seq)
        return
    there = {(line.seq, line.hash) for line in lines}
    if any(one.kind in (NO_ANCHOR, "anchor-unreadable") for one in report.findings):
        return
    for payload in (
        Entry.objects.filter(event=AuditAnchored.__name__)
        .order_by("pk")
        .values_list("payload", flat=True)
    ):
        if (payload["seq"], payload["hash"]) not in there:
            text = f"the head {payload['seq']} was anchored, but the anchor file does not have it"
            yield Finding("anchor-replaced", text, payload["seq"])
            return


def anchor_head() -> Seal | None:
    """Write the head of the chain to the anchor file and to the journal; None when it is there already.

    The file comes first: a crash in between leaves a line too many, which is true, and no head that is
    missed in the file. Raises OSError.
    """
    last = chain.head()
    if last is None or last.entry.event == AuditAnchored.__name__:
        return None
    anchor.append(last.seq, last.hash, clock.now())
    with transaction.atomic():
        publish(AuditAnchored(subject_id=last.seq, seq=last.seq, hash=last.hash), actor=None)
    return last


def restore_anchor() -> int:
    """Write a lost anchor file anew from the heads that the journal remembers; their number.

    The new file agrees with the database by its making, so it proves nothing about the time before.
    Raises FileExistsError when there is a file, OSError.
    """
    if anchor.path().exists():
        raise FileExistsError(anchor.path())
    heads = Entry.objects.filter(event=AuditAnchored.__name__).order_by("pk")
    for at, payload in heads.values_list("at", "payload"):
        anchor.append(payload["seq"], payload["hash"], at)
    return len(heads)


def last_alarm() -> Entry | None:
    """The last check that found something, unless a later one found everything in order."""
    told = (AuditAnchored.__name__, AuditBroken.__name__)
    last = Entry.objects.filter(event__in=told).order_by("-pk").first()
    return last if last and last.event == AuditBroken.__name__ else None


def check_and_anchor() -> Report:
    """The nightly work: seal what was overlooked, check everything, and anchor the head if all is in order."""
    while chain.seal_entries(everywhere=True):
        pass
    report = check()
    if report.findings:
        first = report.findings[0]
        with transaction.atomic():
            publish(
                AuditBroken(
                    subject_id=first.seq,
                    kind=first.kind,
                    seq=first.seq,
                    findings=len(report.findings),
                ),
                actor=None,
            )
    else:
        anchor_head()
    return report
