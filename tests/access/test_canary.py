"""Before the opening a word of a sealed bid is found nowhere: tables, files, index, logs, mails, pages of any role.

The pages about tenders and everything that lists are asked in full by all roles that read by office and by one of each
other kind; of the others one in thirty, and every one with EVERY_CELL=1 (`make proofs`).
"""

import logging
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from zlib import crc32

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import pytest

from marketplace.bids.models import Bid, Envelope
from marketplace.journal import jobs
from marketplace.journal import services as journal
from marketplace.tenders.models import Tender
from search import engine
from search.query import Query
from search.schema import all_specs
from tests.access.canary import FORMS, PRICE, WORD, found_in, in_folders, in_tables
from tests.access.matrix import Rule, load
from tests.access.walk import address
from tests.access.world import World, rolled_back
from tests.factories.bids import hand_in, make_draft, make_sealed_tender
from tests.factories.files import pdf_bytes
from tests.marketplace.bids.test_pages import typed

pytestmark = pytest.mark.django_db
MATRIX = load()
EVERY = os.environ.get("EVERY_CELL") == "1"
#: Who reads most, and one of each other kind.
ROLES = ("visitor", "approver", "university_admin", "outsider", "custodian", "expert")
OFFICES = ("operator", "authority", "auditor", "security_admin", "registrar_city", "editor")
_NEAR = ("tenders:", "bids:", "openings:", "evaluation:", "records:", "journal:", "audit:")


def _planted(world: World) -> dict[str, Bid]:
    """Two bids with the word in text, file name, file body and price: sealed by a browser, and by the server."""
    cast, made = world.cast, {}
    for how in ("browser", "server"):
        tender, _keepers = make_sealed_tender(
            cast.enterprise, cast.approver, operator=cast.operator
        )
        bid = make_draft(tender, cast.university, cast.university_admin)
        body = pdf_bytes() + b"\n%" + WORD.encode() * 5_000
        if how == "browser":
            hand_in(
                bid,
                cast.university_admin,
                files={f"{WORD}.pdf": body},
                scheme=WORD,
                team=WORD,
                price=PRICE,
            )
        else:
            answer = world.ask(
                "university_admin",
                "post",
                reverse("bids:plain", args=[bid.code]),
                data={
                    **typed(tender, rev=str(bid.rev), terms_rev="1", agree="on"),
                    **{f"answer_{row.number}": WORD for row in tender.requirements.all()},
                    **dict.fromkeys(("scheme", "team", "schedule-0-milestone"), WORD),
                    "price": f"{PRICE / 1_000_000:.6f}",
                    "files": SimpleUploadedFile(f"{WORD}.pdf", body),
                },
            )
            assert answer.status_code == 200, re.findall(
                r"error[^<]*<[^<]*", answer.content.decode()
            )
            assert not found_in(answer.content)
        assert Envelope.objects.get(bid=bid).sealed_by == how
        made[how] = bid
    return made


class _Temporary:
    """Looks into the folders for temporary files again and again, while something streams."""

    def __init__(self, folder: Path) -> None:
        self.seen: list[str] = []
        self.looks = 0
        self._folder, self._end = folder, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._end.is_set():
            self.seen += in_folders(self._folder)
            self.looks += 1
            self._end.wait(0.01)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join()


def _pages(world: World, bids: dict[str, Bid]) -> Iterator[tuple[str, str]]:
    """Roles and addresses: the planted tenders and bids where a route is about one, and what the world has."""
    roles = world.roles() if EVERY else [*ROLES, *OFFICES]
    for rule in MATRIX.rules:
        if "get" not in rule.table:
            continue
        near = rule.name.removeprefix("api:").startswith(_NEAR)
        states = list(next(iter(rule.table.values())))
        known = [address(world, rule, state) for state in (states if EVERY else states[:1])]
        planted = list(_planted_addresses(world, rule, bids)) if near else []
        for path in dict.fromkeys([*known, *planted]):
            whole = EVERY or path in planted or (near and not rule.subject)
            for role in roles:
                if whole or crc32(f"{path} {role}".encode()) % 30 == 0:
                    yield role, path


def _planted_addresses(world: World, rule: Rule, bids: dict[str, Bid]) -> Iterator[str]:
    kind = rule.subject.partition("_")[0]
    if kind not in {"tender", "bid"}:
        return
    known = next(iter(world.subjects[rule.subject].values()))
    for bid in bids.values():
        codes = {"code": bid.code if kind == "bid" else bid.tender.code, "tender": bid.tender.code}
        yield reverse(
            rule.name,
            kwargs=rule.args | {key: codes.get(key, value) for key, value in known.items()},
        )


def test_a_word_of_a_sealed_bid_is_nowhere_before_the_opening(
    world: World, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "marketplace")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    # An index of its own: what is indexed here is not taken back with the rows.
    settings.DATA_DIR = tmp_path / "data"
    settings.BID_STORE_DIR = tmp_path / "bids"
    settings.BID_RECEIPT_KEY_FILE = tmp_path / "receipts.pem"
    settings.FILE_UPLOAD_TEMP_DIR = str(temporary)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024
    with rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary))
        with _Temporary(temporary) as watch:
            bids = _planted(world)
        assert (watch.seen, watch.looks > 0) == ([], True)
        while journal.drain() or jobs.run_open():
            pass
        assert in_tables() == []
        assert in_folders(tmp_path, Path(settings.DATA_DIR), Path(settings.PRIVATE_FILES_DIR)) == []
        assert _in_indexes() == []
        asked = 0
        for role, path in _pages(world, bids):
            answer = world.ask(role, "get", path)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert not found_in(body + str(answer.headers).encode()), f"{path} as {role}"
            asked += 1
        assert asked > 300
        # Pages that were asked leave rows and files of their own.
        assert in_tables() == []
        assert in_folders(tmp_path, Path(settings.DATA_DIR), Path(settings.PRIVATE_FILES_DIR)) == []
    assert not found_in(caplog.text.encode())
    for letter in mail.outbox:
        assert not found_in(letter.message().as_bytes())


def _in_indexes() -> list[str]:
    """Indexes that find the word: their files hold no text as it was written."""
    return [
        spec.name for spec in all_specs() if engine.find(spec.name, Query(WORD, loosens=False)).hits
    ]


def test_the_search_finds_what_is_indexed(world: World, tmp_path: Path, settings: Any) -> None:
    """The control: a call that says the word is found in the index of calls, and in no other."""
    settings.DATA_DIR = tmp_path / "data"
    with rolled_back():
        cast = world.cast
        make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
        Tender.objects.filter(status="tendering").update(summary=f"需要 {WORD} 方案")
        engine.rebuild("tenders")
        assert _in_indexes() == ["tenders"]


def test_the_search_finds_what_is_there(tmp_path: Path, world: World) -> None:
    """The control: in a table, in a file, in base64 and in UTF-16 the word would be found."""
    assert len(FORMS) >= 8
    with rolled_back():
        world.cast.enterprise.__class__.objects.filter(pk=world.cast.enterprise.pk).update(
            summary=f"…{WORD}…"
        )
        assert [place.partition(":")[0] for place in in_tables()] == ["parties_organization"]
    import base64

    for number, data in enumerate(
        (
            b"..." + WORD.upper().encode(),
            base64.b64encode(b"ab" + WORD.encode() + b"cd"),
            f'{{"price": {PRICE}}}'.encode(),
            WORD.encode("utf-16-le"),
        )
    ):
        (tmp_path / str(number)).write_bytes(data)
    (tmp_path / f"{WORD}.pdf").write_bytes(b"")
    assert len(in_folders(tmp_path)) == 5
