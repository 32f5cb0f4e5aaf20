"""The check of the ledger finds what was changed past it, and names the first broken row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

import pytest

from marketplace.journal import triggers
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.registration.models import Filing, LedgerEntry, LedgerPeriod, LedgerSum
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.services import ledger, periods, verification
from marketplace.registration.services.verification import verify
from tests.cast import Cast
from tests.factories.ledger import WAN, change_amounts, end, make_registered

pytestmark = pytest.mark.django_db
OCT = "2026-10"


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


@contextmanager
def triggers_off() -> Iterator[None]:
    """What an owner of the tables can do."""
    triggers.drop()
    yield
    triggers.lay()


def kinds() -> list[str]:
    return [finding.kind for finding in verify().findings]


@pytest.fixture
def entries(cast: Cast) -> list[LedgerEntry]:
    """Five entries in a closed October, then a reversal and an adjustment in November."""
    filings = [make_registered((n + 1) * WAN) for n in range(5)]
    row = LedgerPeriod.objects.get(month=OCT)
    row = periods.close_period(row, actor=cast.registrar_city)
    periods.second_close(row, actor=cast.authority)
    ledger.post_reverse(end(filings[0]), reason="撤销", actor=None)
    ledger.post_adjust(change_amounts(filings[1], 9 * WAN, 8 * WAN), reason="变更", actor=None)
    return list(LedgerEntry.objects.order_by("id"))


def test_a_ledger_as_it_was_written_is_in_order(entries: list[LedgerEntry]) -> None:
    report = verify()
    assert (report.findings, report.exit_code, report.checked) == ([], 0, len(entries))
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert f"{len(entries)} entries checked" in out.getvalue()
    call_command("rebuild_sums", "--check", stdout=out)


def _rewritten(entry: LedgerEntry) -> None:
    """An owner who knows how changes an amount and makes hashes, figures and sums anew after it."""
    LedgerEntry.objects.filter(pk=entry.pk).update(amount_fen=99 * WAN)
    before = rulebook.GENESIS
    for row in queries.entries_of(entry.period):
        before = rulebook.entry_hash(before, queries.body_of(row))
        LedgerEntry.objects.filter(pk=row.pk).update(hash=before)
    found = queries.recount(entry.period)
    totals = found.totals
    LedgerPeriod.objects.filter(pk=entry.period_id).update(
        head_hash=found.head, amount_fen=totals.amount_fen
    )
    verification.rebuild_sums()
    filing = Filing.objects.get(pk=entry.filing_id)
    Filing.objects.filter(pk=filing.pk).update(recognised_total_fen=99 * WAN)


def _swapped(one: LedgerEntry, other: LedgerEntry) -> None:
    rows = LedgerEntry.objects
    rows.filter(pk=one.pk).update(number=99)
    rows.filter(pk=other.pk).update(number=one.number)
    rows.filter(pk=one.pk).update(number=other.number)


@pytest.mark.parametrize(
    ("harm", "kind", "named"),
    [
        (lambda e: LedgerEntry.objects.filter(pk=e[2].pk).update(amount_fen=4 * WAN), "period", 2),
        (lambda e: LedgerEntry.objects.filter(pk=e[2].pk).update(reason="x"), "period", 2),
        (lambda e: LedgerEntry.objects.filter(pk=e[2].pk).update(facts={}), "period", 2),
        (lambda e: LedgerEntry.objects.filter(pk=e[2].pk)._raw_delete("default"), "period", 3),
        (lambda e: _swapped(e[1], e[2]), "period", 2),
        (lambda e: LedgerEntry.objects.filter(pk=e[-1].pk)._raw_delete("default"), "period", None),
        (lambda e: _rewritten(e[3]), "closed-hash", None),
        (lambda e: _rewritten(e[-1]), "journal", None),
        (lambda e: LedgerSum.objects.filter(dimension="kind").update(contracts=9), "period", None),
        (lambda e: LedgerPeriod.objects.filter(month=OCT).update(amount_fen=1), "period", None),
        (
            lambda e: LedgerPeriod.objects.filter(month=OCT).update(status="open"),
            "reopened",
            None,
        ),
        (
            lambda e: Filing.objects.filter(pk=e[3].filing_id).update(recognised_total_fen=10**9),
            "contract",
            None,
        ),
        (
            lambda e: Filing.objects.filter(pk=e[3].filing_id).update(status="revoked"),
            "contract",
            None,
        ),
        (lambda e: make_registered(post=False), "contract", None),
        (
            lambda e: (
                Entry.objects.filter(event="LedgerPosted")
                .first()
                .__class__.objects.filter(pk=Entry.objects.filter(event="LedgerPosted").first().pk)
                ._raw_delete("default")
            ),
            "journal",
            None,
        ),
    ],
)
def test_each_harm_is_found_and_the_first_broken_row_named(
    entries: list[LedgerEntry],
    harm: Callable[[list[LedgerEntry]], Any],
    kind: str,
    named: int | None,
) -> None:
    with triggers_off():
        Entry.objects.filter(pk=0).exists()
        _forget_deliveries()
        harm(entries)
    found = verify().findings
    assert kind in [finding.kind for finding in found]
    if named is not None:
        assert f"registration.ledgerentry {entries[named].pk}" in found[0].text
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", stdout=StringIO(), stderr=StringIO())
    assert ended.value.code == 1


def _forget_deliveries() -> None:
    from marketplace.journal.models import Delivery, Seal

    Delivery.objects.all().delete()
    Seal.objects.all()._raw_delete("default")


def test_triggers_that_are_off_are_found(entries: list[LedgerEntry]) -> None:
    triggers.drop()
    assert "triggers-off" in kinds()
    triggers.lay()
    assert kinds() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite switches no trigger off")
def test_a_trigger_that_is_disabled_is_found(entries: list[LedgerEntry]) -> None:
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    connection.cursor().execute(
        "ALTER TABLE registration_ledgerentry DISABLE TRIGGER registration_ledgerentry_no_delete"
    )
    found = verify().findings
    assert [finding.kind for finding in found] == ["triggers-off"]
    assert "registration_ledgerentry" in found[0].text


def test_a_role_that_owns_the_table_is_a_warning(entries: list[LedgerEntry]) -> None:
    report = verify()
    assert report.exit_code == 0
    assert bool(report.warnings) == (connection.vendor == "postgresql")


def test_sums_are_compared_and_rebuilt(entries: list[LedgerEntry]) -> None:
    row = LedgerSum.objects.filter(dimension="kind").first()
    LedgerSum.objects.filter(pk=row.pk).update(amount_fen=1)
    LedgerSum.objects.filter(dimension="field").first().delete()
    with pytest.raises(SystemExit):
        call_command("rebuild_sums", "--check", stdout=StringIO(), stderr=StringIO())
    assert len(verification.sums_that_differ()) == 2
    call_command("rebuild_sums", stdout=StringIO())
    assert verification.sums_that_differ() == []
    assert kinds() == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL stores numbers only")
def test_an_entry_that_cannot_be_read_stops_the_check_and_is_named(
    entries: list[LedgerEntry],
) -> None:
    with triggers_off():
        connection.cursor().execute(
            "UPDATE registration_ledgerentry SET amount_fen = 'abc' WHERE id = %s", [entries[1].pk]
        )
    found = verify().findings
    assert (found[0].kind, str(entries[1].pk) in found[0].text) == ("unreadable", True)
    with pytest.raises(CommandError, match=f"registration.ledgerentry {entries[1].pk}"):
        call_command("rebuild_sums", stdout=StringIO())


def test_the_nightly_check_tells(entries: list[LedgerEntry]) -> None:
    assert verification.verify_and_tell().findings == []
    assert not Entry.objects.filter(event="LedgerBroken").exists()
    LedgerPeriod.objects.filter(month=OCT).update(amount_fen=1)
    verification.verify_and_tell()
    payload = Entry.objects.get(event="LedgerBroken").payload
    assert payload["kind"] == "period"
    assert OCT in payload["text"]
