"""Storing, binding, removing and sweeping attachments."""

import hashlib
import io
import os
import stat
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction

import pytest

from marketplace.files import queries, services, storage
from marketplace.files.models import Attachment
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput, NotVisible
from tests.factories.files import image_bytes, make_attachment, pdf_bytes, upload

pytestmark = pytest.mark.django_db


def stored_files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def messages(error):
    return [str(message) for message in error.value.errors["file"]]


def test_upload_is_stored_and_recorded(uploader, private_folder):
    data = pdf_bytes()
    attachment = make_attachment(uploader, data=data, name="技术 方案.pdf")
    assert is_valid_code(attachment.code)
    assert attachment.code.startswith("FJ")
    assert attachment.name == "技术 方案.pdf"
    assert attachment.content_type == "application/pdf"
    assert attachment.size == len(data)
    assert attachment.sha256 == hashlib.sha256(data).hexdigest()
    assert attachment.audience == "restricted"
    assert (attachment.subject_kind, attachment.subject_id) == ("tests.thing", 1)
    place = private_folder / attachment.path
    assert place.read_bytes() == data
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    name = attachment.path.rpartition("/")[2]
    assert attachment.path == f"{name[:2]}/{name[2:4]}/{name}"
    entry = Entry.objects.get(event="AttachmentStored")
    assert (entry.subject_id, entry.actor_id) == (attachment.pk, uploader.pk)
    assert entry.payload == {"of_kind": "tests.thing", "of_id": 1}


def test_size_and_sum_are_of_what_is_kept(uploader, private_folder):
    attachment = make_attachment(uploader, data=image_bytes("JPEG") + b"x" * 5000, name="a.jpg")
    kept = (private_folder / attachment.path).read_bytes()
    assert attachment.size == len(kept) < 5000
    assert attachment.sha256 == hashlib.sha256(kept).hexdigest()


def test_refused_upload_leaves_nothing(uploader, private_folder):
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, data=b"<html>", name="a.pdf")
    assert messages(error) == ["“a.pdf”：文件内容与扩展名不符"]
    assert stored_files(private_folder) == []
    assert not Attachment.objects.exists()


def test_cap_counts_the_stream_and_not_the_claim(uploader, settings, private_folder):
    settings.MAX_UPLOAD_BYTES = 1000
    liar = SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 2000)
    liar.size = 10
    with pytest.raises(InvalidInput) as error:
        services.store_upload(liar, subject_kind="tests.thing", subject_id=1, actor=uploader)
    assert messages(error) == ["“a.pdf”：单个文件不超过 1000\xa0字节"]
    assert stored_files(private_folder) == []


def test_daily_quota(uploader, monkeypatch, private_folder):
    data = pdf_bytes()
    monkeypatch.setattr(services, "DAILY_QUOTA", 2 * len(data))
    services.remove(make_attachment(uploader, data=data), actor=uploader)
    with pytest.raises(InvalidInput):
        make_attachment(uploader, data=b"x" * len(data))
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader, data=data)
    assert "请明天再传" in messages(error)[0]
    # The removed one is erased after commit, by a handler.
    assert len(stored_files(private_folder)) == 1
    with clock.shift(timedelta(days=1)):
        make_attachment(uploader, data=data)


def test_number_of_files_is_limited(uploader, monkeypatch):
    monkeypatch.setattr(services, "MAX_FILES", 2)
    make_attachment(uploader)
    make_attachment(uploader)
    with pytest.raises(InvalidInput) as error:
        make_attachment(uploader)
    assert messages(error) == ["“方案.pdf”：最多上传 2 个附件"]
    make_attachment(uploader, subject_id=2)


def test_failure_while_recording_erases_the_bytes(uploader, private_folder, monkeypatch):
    monkeypatch.setattr(services, "publish", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_attachment(uploader)
    assert stored_files(private_folder) == []


def test_one_bad_file_costs_only_itself(uploader):
    done = services.store_uploads(
        [upload(pdf_bytes(), "a.pdf"), upload(b"x", "b.pdf"), upload(pdf_bytes(), "c.pdf")],
        subject_kind="tests.thing",
        subject_id=1,
        actor=uploader,
    )
    assert [row.name for row in done.taken] == ["a.pdf", "c.pdf"]
    assert [str(reason) for reason in done.reasons] == ["“b.pdf”：文件内容与扩展名不符"]


def test_removed_file_is_erased_after_commit_only(uploader, private_folder, drain):
    attachment = make_attachment(uploader)
    services.remove(attachment, actor=uploader)
    attachment.refresh_from_db()
    assert attachment.status == "removed"
    assert attachment.removed_at is not None
    assert len(stored_files(private_folder)) == 1
    assert queries.attachments_of("tests.thing", 1) == []
    drain()
    assert stored_files(private_folder) == []
    services.erase_removed(attachment.pk)
    with pytest.raises(NotVisible):
        services.remove(attachment, actor=uploader)


def test_rolled_back_removal_keeps_the_bytes(uploader, private_folder, drain):
    attachment = make_attachment(uploader)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.remove(attachment, actor=uploader)
        raise ZeroDivisionError
    drain()
    assert len(stored_files(private_folder)) == 1
    assert queries.attachments_of("tests.thing", 1) == [attachment]


def test_unbound_upload_is_its_uploaders(uploader, outsider):
    loose = make_attachment(uploader, subject_id=None)
    with pytest.raises(NotVisible):
        services.remove(loose, actor=outsider)
    services.remove(loose, actor=uploader)


def test_remove_by_code_stays_within_the_subject(uploader):
    own, other = make_attachment(uploader), make_attachment(uploader, subject_id=2)
    with pytest.raises(NotVisible):
        services.remove_by_code(
            [own.code, other.code], subject_kind="tests.thing", subject_id=1, actor=uploader
        )
    assert queries.attachments_of("tests.thing", 1) == [own]
    services.remove_by_code([own.code], subject_kind="tests.thing", subject_id=1, actor=uploader)
    assert queries.attachments_of("tests.thing", 1) == []


def test_attachments_of_many_subjects_in_one_query(uploader, django_assert_num_queries):
    one = make_attachment(uploader, audience="public")
    two = make_attachment(uploader)
    three = make_attachment(uploader, subject_id=2)
    make_attachment(uploader, subject_kind="tests.other")
    with django_assert_num_queries(1):
        found = queries.attachments_for("tests.thing", [1, 2, 3])
    assert found == {1: [one, two], 2: [three], 3: []}
    assert queries.attachments_of("tests.thing", 1, "public") == [one]
    assert queries.attachments_of("tests.thing", None) == []


# --- the sweeper ------------------------------------------------------------------------------
def age(path):
    old = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(path, (old, old))


def test_sweep_erases_old_bytes_without_a_row(uploader, private_folder):
    kept = make_attachment(uploader)
    age(private_folder / kept.path)
    orphan, fresh = storage.put(upload(b"orphan")), storage.put(upload(b"fresh"))
    age(private_folder / orphan.path)
    assert services.sweep_orphans() == {"erased": 1, "removed": 0, "lost": 0, "back": 0}
    assert [storage.exists(path) for path in (kept.path, orphan.path, fresh.path)] == [
        True,
        False,
        True,
    ]


def test_sweep_erases_what_a_dead_handler_left(uploader, private_folder):
    attachment = make_attachment(uploader)
    services.remove(attachment, actor=uploader)
    age(private_folder / attachment.path)
    assert services.sweep_orphans()["erased"] == 1


def test_sweep_removes_forgotten_uploads(uploader, drain, private_folder):
    forgotten = make_attachment(uploader, subject_id=None)
    with clock.shift(timedelta(hours=25)):
        fresh = make_attachment(uploader, subject_id=None)
        assert services.sweep_orphans()["removed"] == 1
        drain()
    forgotten.refresh_from_db()
    fresh.refresh_from_db()
    assert (forgotten.status, fresh.status) == ("removed", "ready")
    assert Entry.objects.get(event="AttachmentRemoved").actor_id is None


def test_sweep_marks_rows_whose_bytes_are_gone(uploader, caplog):
    attachment = make_attachment(uploader)
    storage.erase(attachment.path)
    assert services.sweep_orphans()["lost"] == 0
    with clock.shift(timedelta(hours=25)):
        assert services.sweep_orphans()["lost"] == 1
        assert services.sweep_orphans()["lost"] == 0
    attachment.refresh_from_db()
    assert attachment.status == "lost"
    assert attachment.code in caplog.text


def test_a_lost_file_that_is_back_is_as_before(uploader, private_folder):
    attachment = make_attachment(uploader)
    place = private_folder / attachment.path
    place.rename(private_folder / "aside")
    with clock.shift(timedelta(hours=25)):
        assert services.sweep_orphans()["lost"] == 1
        (private_folder / "aside").rename(place)
        assert services.sweep_orphans()["back"] == 1
    attachment.refresh_from_db()
    assert attachment.status == "ready"


def test_a_store_that_is_not_mounted_loses_nothing(uploader, caplog):
    kept = [make_attachment(uploader) for _ in range(8)]
    for attachment in kept[2:]:
        storage.erase(attachment.path)
    with clock.shift(timedelta(hours=25)):
        assert services.sweep_orphans()["lost"] == 0
    assert "is the store mounted?" in caplog.text
    assert {row.status for row in Attachment.objects.all()} == {"ready"}


def test_stored_path_stays_inside_the_folder():
    with pytest.raises(ValueError, match="passwd"):
        storage.locate("../../etc/passwd")


# --- which database sweeps --------------------------------------------------------------------
def old_stranger(private_folder, name="aa"):
    """Bytes of a day and more ago that no row of this database names."""
    place = private_folder / name / "bb" / ("0" * 32)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"of the living site")
    past = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(place, (past, past))
    return place


def test_an_older_copy_of_the_database_sweeps_nothing(uploader, private_folder, caplog):
    make_attachment(uploader)
    # The living site has come further than this copy of it.
    storage.write_mark(Entry.objects.latest("pk").pk + 1000, clock.now().isoformat())
    stranger = old_stranger(private_folder)
    assert services.sweep_orphans() == {"erased": 0, "removed": 0, "lost": 0, "back": 0}
    assert stranger.exists()
    assert "adopt_files" in caplog.text


def test_a_copy_that_went_its_own_way_sweeps_nothing(uploader, private_folder):
    make_attachment(uploader)
    newest = Entry.objects.latest("pk")
    # The same number, but of another instant.
    storage.write_mark(newest.pk, (newest.at - timedelta(seconds=1)).isoformat())
    stranger = old_stranger(private_folder)
    assert services.sweep_orphans()["erased"] == 0
    assert stranger.exists()


def test_a_database_that_is_adopted_sweeps_again(uploader, private_folder):
    make_attachment(uploader)
    storage.write_mark(10**9, clock.now().isoformat())
    call_command("adopt_files", stdout=io.StringIO())
    stranger = old_stranger(private_folder)
    assert services.sweep_orphans()["erased"] == 1
    assert not stranger.exists()


def test_each_sweep_notes_how_far_the_database_has_come(uploader, private_folder):
    make_attachment(uploader)
    services.sweep_orphans()
    first = storage.read_mark()
    make_attachment(uploader)
    services.sweep_orphans()
    newest = Entry.objects.latest("pk")
    assert storage.read_mark() == (newest.pk, newest.at.isoformat())
    assert first[0] < newest.pk


def test_an_empty_database_adopts_nothing(private_folder):
    with pytest.raises(CommandError, match="empty"):
        call_command("adopt_files")
    assert storage.read_mark() is None
