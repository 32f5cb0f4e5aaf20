"""The pre-check of a contract (自查): findings, kind, route, papers, and what its text says."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.files import services as files
from marketplace.files import storage
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.children import ChildFailed
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.registration.children import read_docx
from marketplace.registration.queries.neighbours import neighbours, peers
from marketplace.registration.rulebook.books import RULEBOOKS, Rulebook, book_for
from marketplace.registration.rulebook.checks_form import days_left
from marketplace.registration.rulebook.engine import check, satisfied
from marketplace.registration.rulebook.facts import Facts
from marketplace.registration.rulebook.findings import BLOCKS, INFO, WARNS, Finding
from marketplace.registration.rulebook.kinds import Suggestion, kind_key, suggest_kind
from marketplace.registration.rulebook.official import facts_of
from marketplace.registration.rulebook.papers import Paper, papers_of
from marketplace.registration.rulebook.reading import Reading, read_text
from marketplace.registration.rulebook.risk import Flag, risk_flags
from marketplace.registration.rulebook.routing import Route, route
from marketplace.registration.rulebook.rule import Rule

#: Largest DOCX in bytes.
MAX_BYTES = 10 * 1024 * 1024
#: Suggested kinds that a page shows.
_MOST_KINDS = 3


@dataclass(frozen=True)
class Report:
    """Everything the pre-check says of a contract.

    `reading` is what was read in a text, None when none was. `days_left` are the days to the last day of
    validity, negative after it. `kinds` are the kinds that fit best; the chosen one is among them.
    """

    facts: Facts
    book: Rulebook
    findings: list[Finding]
    satisfied: list[Rule]
    kinds: list[Suggestion]
    chosen: str
    route: Route
    papers: list[Paper]
    days_left: int | None
    reading: Reading | None

    def at(self, level: str) -> list[Finding]:
        """The findings of one level."""
        return [row for row in self.findings if row.level == level]

    @property
    def blocking(self) -> list[Finding]:
        """What must be mended before the contract is handed in."""
        return self.at(BLOCKS)

    @property
    def advice(self) -> list[Finding]:
        """What should be looked at."""
        return self.at(WARNS)

    @property
    def notes(self) -> list[Finding]:
        """What is good to know."""
        return self.at(INFO)

    @property
    def other_books(self) -> list[Rulebook]:
        """The rulebooks of other times."""
        return [book for book in RULEBOOKS if book.version != self.book.version]


def run(contract: Contract, actor: Actor, reading: Reading | None = None) -> list[Finding]:
    """The findings of a contract, for the snapshot at its submission. Raises Forbidden.

    `reading` comes from `read_final_text`. That takes part of a second in a child process, so it is called
    before a transaction begins.
    """
    _check_reader(contract, actor)
    facts, today = _facts(contract)
    return check(facts, reading, today)


def report(contract: Contract, actor: Actor, reading: Reading | None = None) -> Report:
    """The whole pre-check for a page. About ten queries. Raises Forbidden."""
    _check_reader(contract, actor)
    facts, today = _facts(contract)
    book = book_for(facts.signed_on, today)
    found = check(facts, reading, today, book=book)
    kinds = suggest_kind(facts, reading.text if reading else "")
    chosen = kind_key(facts.contract_type)
    best = [row for row in kinds if row.score][:_MOST_KINDS]
    own = [row for row in kinds if row.kind == chosen and row not in best]
    return Report(
        facts=facts,
        book=book,
        findings=found,
        satisfied=satisfied(book, found, facts),
        kinds=[*best, *own],
        chosen=chosen,
        route=route(facts, today),
        papers=papers_of(facts, found),
        days_left=days_left(facts.ends_on, today),
        reading=reading,
    )


def flags(contract: Contract, actor: Actor) -> list[Flag]:
    """The flags of risk, for the registrar of this contract. About ten queries. Raises Forbidden."""
    if not actor.has_perm("registration.see_risks", contract):
        raise Forbidden
    facts, today = _facts(contract)
    unconfirmed = [row.name for row in deals.unconfirmed_parties(contract)]
    return risk_flags(facts, neighbours(contract), peers(contract), today, unconfirmed)


def _facts(contract: Contract) -> tuple[Facts, date]:
    return facts_of(deals.official_facts(contract)), clock.today()


def _check_reader(contract: Contract, actor: Actor) -> None:
    if not actor.has_perm("deals.read_contract", contract):
        raise Forbidden


# --- texts ------------------------------------------------------------------------------------
def read_upload(upload: Any, actor: Actor) -> Reading:
    """Read a DOCX that is sent for comparison; nothing of it is kept.

    Its bytes count for the person's day. Raises InvalidInput at `file` with the reason, and StorageFull.
    """
    name = str(upload.name or "")
    if not name.casefold().endswith(".docx"):
        raise InvalidInput({"file": [_("请上传 docx 文件，扫描件和 PDF 不能读取")]})
    stored = files.receive(upload, actor=actor, most=MAX_BYTES)
    try:
        return _read(storage.locate(stored.path), name)
    except ChildFailed as error:
        raise InvalidInput({"file": [error.reason]}) from error
    except Refused as error:
        raise InvalidInput({"file": [error.reason]}) from error
    finally:
        storage.erase(stored.path)


def read_final_text(contract: Contract) -> Reading | None:
    """What the final text of a contract says, or None without a DOCX that can be read."""
    text = deals.open_text(contract)
    if text is None or not text.file.name.casefold().endswith(".docx"):
        return None
    try:
        return _read(storage.locate(text.file.path), text.file.name)
    except (ChildFailed, Refused, FileNotFoundError):
        return None


def _read(path: Path, name: str) -> Reading:
    with _scratch() as folder:
        return read_text(read_docx(path, name, folder / "text"))


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for the answer of the child, erased afterwards."""
    with tempfile.TemporaryDirectory(prefix="precheck-") as folder:
        yield Path(folder)
