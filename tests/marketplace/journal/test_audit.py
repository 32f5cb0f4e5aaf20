"""The hash chain: whatever is done to the journal behind the product's back is found and named."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.journal import anchor, audit, chain, triggers
from marketplace.journal.models import Entry, Seal
from marketplace.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path) -> Path:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors" / "audit.txt"
    return settings.AUDIT_ANCHOR_FILE


@pytest.fixture
def chained(tell):
    """Ten sealed entries whose head is anchored; their events sealed too."""
    for number in range(10):
        tell(number, note=f"第 {number} 件")
    assert chain.seal_entries() == Entry.objects.count()
    audit.anchor_head()
    assert chain.seal_entries() == 1
    return list(Seal.objects.order_by("seq").select_related("entry"))


def behind_the_back(sql: str, *values: object) -> None:
    """A statement of somebody who owns the tables."""
    triggers.drop()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    triggers.lay()


def first_finding() -> tuple[str, int]:
    finding = audit.check().findings[0]
    return finding.kind, finding.seq


def test_an_untouched_journal_is_in_order(chained) -> None:
    report = audit.check()
    assert (report.findings, report.exit_code) == ([], 0)
    assert (report.checked, report.head) == (len(chained), chained[-1].hash)
    assert chain.seal_entries() == 0


def test_a_changed_entry_is_named(chained) -> None:
    behind_the_back("UPDATE journal_entry SET event = 'Other' WHERE id = %s", chained[4].entry_id)
    assert first_finding() == ("changed", 5)


def test_a_deleted_entry_is_named(chained) -> None:
    key = chained[6].entry_id
    behind_the_back("DELETE FROM journal_delivery WHERE entry_id = %s", key)
    behind_the_back("DELETE FROM journal_entry WHERE id = %s", key)
    assert first_finding() == ("entry-missing", 7)


def test_two_swapped_entries_are_named(chained) -> None:
    third, eighth = chained[2].entry_id, chained[7].entry_id
    for old, new in ((third, -1), (eighth, third), (-1, eighth)):
        behind_the_back("UPDATE journal_seal SET entry_id = %s WHERE entry_id = %s", new, old)
    assert first_finding() == ("changed", 3)


def test_a_deleted_seal_is_named(chained) -> None:
    behind_the_back("DELETE FROM journal_seal WHERE seq = 5")
    assert first_finding() == ("seal-missing", 5)


def test_a_cut_end_is_found_by_the_anchor(chained) -> None:
    for seal in chained[8:]:
        behind_the_back("DELETE FROM journal_seal WHERE seq = %s", seal.seq)
        behind_the_back("DELETE FROM journal_delivery WHERE entry_id = %s", seal.entry_id)
        behind_the_back("DELETE FROM journal_entry WHERE id = %s", seal.entry_id)
    assert first_finding() == ("anchor-differs", chained[-2].seq)


def test_a_chain_made_anew_is_found_by_the_anchor(chained) -> None:
    behind_the_back("UPDATE journal_entry SET event = 'Other' WHERE id = %s", chained[0].entry_id)
    behind_the_back("DELETE FROM journal_seal")
    assert chain.seal_entries() == len(chained)
    assert first_finding() == ("anchor-differs", chained[-2].seq)


def test_a_replaced_anchor_file_is_found(chained, anchor_file) -> None:
    anchor_file.write_text("")
    assert first_finding() == ("anchor-replaced", chained[-2].seq)
    anchor_file.write_text("2026-11-28T00:00:00+00:00 1 " + "f" * 64 + "\n")
    assert first_finding() == ("anchor-differs", 1)
    anchor_file.write_text("anything\n")
    assert first_finding() == ("anchor-unreadable", 0)


def test_a_lost_anchor_file_is_told_and_can_be_written_anew(chained, anchor_file) -> None:
    with pytest.raises(FileExistsError):
        audit.restore_anchor()
    kept = anchor_file.read_text()
    anchor_file.unlink()
    report = audit.check()
    assert ([one.kind for one in report.findings], report.exit_code) == (["no-anchor"], 2)
    assert audit.restore_anchor() == 1
    assert anchor_file.read_text() == kept
    assert audit.check().exit_code == 0


def test_triggers_that_are_off_are_named(chained) -> None:
    triggers.drop()
    found = [one.text for one in audit.check().findings if one.kind == "triggers-off"]
    assert len(found) == len(triggers.append_only_tables())
    assert any("journal_entry" in text for text in found)
    triggers.lay()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
        assert triggers.lacking() == ["journal_entry"]
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER ALL")
    assert triggers.lacking() == []


def test_entries_that_stay_unsealed_are_told(chained, tell) -> None:
    tell(99)
    assert audit.check().exit_code == 0
    with clock.shift(timedelta(minutes=6)):
        assert audit.check().exit_code == 3
        chain.seal_entries()
        assert audit.check().exit_code == 0


def test_an_entry_that_commits_long_after_its_id_is_sealed_by_the_nightly_work(tell) -> None:
    late, high = tell(1), tell(2)
    high_id = late.pk + chain.WINDOW + 1
    behind_the_back("DELETE FROM journal_delivery")
    behind_the_back("UPDATE journal_entry SET id = %s WHERE id = %s", high_id, high.pk)
    Seal.objects.create(
        seq=1,
        entry_id=high_id,
        hash=chain.digest(chain.GENESIS, Entry.objects.get(pk=high_id)),
    )
    assert chain.seal_entries() == 0
    report = audit.check_and_anchor()
    assert (report.findings, Seal.objects.get(seq=2).entry_id) == ([], late.pk)


def test_nightly_work_anchors_once_and_raises_the_alarm(chained, tell, anchor_file) -> None:
    audit.check_and_anchor()
    assert len(anchor_file.read_text().splitlines()) == 1, "nothing happened since"
    tell(7)
    audit.check_and_anchor()
    assert [line.seq for line in anchor.read(anchor_file)] == [chained[-2].seq, chained[-1].seq + 1]
    assert audit.last_alarm() is None
    behind_the_back("UPDATE journal_entry SET event = 'Other' WHERE id = %s", chained[3].entry_id)
    audit.check_and_anchor()
    assert audit.last_alarm().payload["seq"] == 4


def test_the_command_names_the_first_broken_row(chained) -> None:
    out, err = StringIO(), StringIO()
    call_command("verify_audit", stdout=out, stderr=err)
    assert f"{len(chained)} seals checked, head {chained[-1].hash}" in out.getvalue()
    behind_the_back("UPDATE journal_entry SET payload = '{}' WHERE id = %s", chained[1].entry_id)
    with pytest.raises(SystemExit) as stop:
        call_command("verify_audit", stdout=out, stderr=err)
    assert stop.value.code == 1
    assert f"entry {chained[1].entry_id} is not what seal 2 was made of" in err.getvalue()


@settings(max_examples=30)
@given(
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.none(), st.integers(), st.booleans(), st.text(max_size=8))
    )
)
def test_a_digest_covers_every_value(payload) -> None:
    entry = Entry(pk=1, event="A", subject_kind="a.b", subject_id=1, payload=payload)
    other = Entry(
        pk=1, event="A", subject_kind="a.b", subject_id=1, payload={**payload, "x" * 9: 1}
    )
    other.at = entry.at
    assert chain.digest(chain.GENESIS, entry) != chain.digest(chain.GENESIS, other)
    assert chain.digest(chain.GENESIS, entry) != chain.digest("1" * 64, entry)
