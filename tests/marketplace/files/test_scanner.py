"""Files wait for the scanner before anybody has them: shown with a real clamd."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import Client

import pytest

from marketplace.files import queries, scanner, services, storage
from marketplace.files.models import Attachment
from marketplace.journal.models import Delivery, Entry
from marketplace.kernel import clock
from marketplace.notices.models import Notice
from tests.clamd import EICAR, THREAT
from tests.factories.files import make_attachment, pdf_bytes

pytestmark = pytest.mark.django_db
Start = Callable[..., str]
THING = ("tests.thing", 1)


@contextmanager
def liar(path: Path, said: bytes) -> Iterator[None]:
    """A server that hears one request, says this and hangs up."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()

        def answer() -> None:
            connection, _peer = server.accept()
            with connection:
                while not connection.recv(1 << 20).endswith(b"\0\0\0\0"):
                    pass
                connection.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        yield
        thread.join()


def status_of(attachment: Attachment) -> str:
    attachment.refresh_from_db()
    return attachment.status


@pytest.mark.parametrize("tcp", [False, True])
def test_clean_and_malicious_bytes_are_told_apart(
    start_clamd: Start, settings: Any, *, tcp: bool
) -> None:
    settings.CLAMD_URL = start_clamd(tcp=tcp)
    assert scanner.threat_in(io.BytesIO(b"harmless" * 100_000)) == ""
    assert scanner.threat_in(io.BytesIO(b"")) == ""
    assert scanner.threat_in(io.BytesIO(b"x" * 200_000 + EICAR)) == THREAT


def test_more_than_the_scanner_takes_is_no_verdict(start_clamd: Start, settings: Any) -> None:
    settings.CLAMD_URL = start_clamd(StreamMaxLength="1M")
    with pytest.raises(scanner.ScannerRefused):
        scanner.threat_in(io.BytesIO(b"x" * 5_000_000))


def test_who_hangs_up_amid_the_file_is_asked_once_more(tmp_path: Path, settings: Any) -> None:
    """The first connection is reset with bytes unread; a second reset would be an outage."""
    path = tmp_path / "clamd.sock"
    settings.CLAMD_URL = f"unix://{path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()

        def serve(answers: tuple[bytes, ...]) -> None:
            for said in answers:
                connection, _peer = server.accept()
                with connection:
                    if said:
                        while not connection.recv(1 << 20).endswith(b"\0\0\0\0"):
                            pass
                        connection.sendall(said)
                    else:
                        connection.recv(10)

        for answers, verdict in (((b"", b"stream: OK\0"), ""), ((b"", b""), None)):
            thread = threading.Thread(target=serve, args=(answers,))
            thread.start()
            if verdict is None:
                with pytest.raises(scanner.ScannerAway):
                    scanner.threat_in(io.BytesIO(b"x" * 300_000))
            else:
                assert scanner.threat_in(io.BytesIO(b"x" * 300_000)) == verdict
            thread.join()


def test_a_file_is_ready_when_it_was_scanned(
    start_clamd: Start, settings: Any, uploader: Any, drain: Any, client: Client
) -> None:
    settings.CLAMD_URL = start_clamd()
    attachment = make_attachment(uploader, subject_id=None)
    client.force_login(uploader)
    assert attachment.status == "waiting"
    assert client.get(attachment.url).status_code == 404
    drain()
    assert status_of(attachment) == "ready"
    assert client.get(attachment.url).status_code == 200
    assert Entry.objects.filter(event="AttachmentCleared", subject_id=attachment.pk).exists()


def test_a_malicious_file_is_stopped_and_its_uploader_told(
    start_clamd: Start, settings: Any, uploader: Any, drain: Any, client: Client
) -> None:
    settings.CLAMD_URL = start_clamd()
    clean = make_attachment(uploader)
    attachment = make_attachment(uploader, data=pdf_bytes() + b"\n" + EICAR, name="合同.pdf")
    drain()
    assert (status_of(clean), status_of(attachment)) == ("ready", "infected")
    assert not storage.exists(attachment.path)
    client.force_login(uploader)
    assert client.get(attachment.url).status_code == 404
    entry = Entry.objects.get(event="AttachmentInfected")
    assert (entry.subject_id, entry.payload["threat"]) == (attachment.pk, THREAT)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.params) == (uploader, {"name": "合同.pdf"})
    # Its own people see what became of it; the public has what is ready.
    assert queries.attachments_of(*THING) == [clean, attachment]
    Attachment.objects.filter(pk__in=[clean.pk, attachment.pk]).update(audience="public")
    assert queries.attachments_of(*THING, "public") == [clean]
    shown, stopped = queries.file_rows(queries.attachments_of(*THING))
    assert (shown.note, shown.url) == ("", clean.url)
    assert (stopped.note, stopped.url) == ("含恶意代码，已拦截", "")
    services.remove_by_code(
        [attachment.code], subject_kind=THING[0], subject_id=THING[1], actor=uploader
    )
    assert queries.attachments_of(*THING) == [clean]


def test_while_the_scanner_is_away_files_wait_and_are_scanned_when_it_is_back(
    start_clamd: Start, settings: Any, uploader: Any, drain: Any, tmp_path: Path
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path / 'clamd.ctl'}"
    attachment = make_attachment(uploader)
    for second in range(0, 200, 20):
        with clock.shift(timedelta(seconds=second)):
            drain()
    assert status_of(attachment) == "waiting"
    assert queries.unscanned() == 1
    delivery = Delivery.objects.get(entry__event="AttachmentStored")
    assert (delivery.status, delivery.attempts, delivery.error) == ("pending", 0, "ScannerAway")
    assert start_clamd() == settings.CLAMD_URL
    with clock.shift(timedelta(seconds=300)):
        drain()
    assert status_of(attachment) == "ready"
    assert queries.unscanned() == 0


def test_files_that_wait_stay_so_when_the_setting_is_taken_away(
    settings: Any, uploader: Any, drain: Any, tmp_path: Path
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path / 'clamd.ctl'}"
    waiting = make_attachment(uploader)
    settings.CLAMD_URL = ""
    new = make_attachment(uploader)
    drain()
    assert (status_of(waiting), status_of(new)) == ("waiting", "ready")


def test_a_scanner_that_says_nothing_or_nonsense_gives_no_verdict(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Asked a second time, the liar does not even hang up.
    monkeypatch.setattr(scanner, "_SILENCE", 1.0)
    for said, error in (
        (b"", scanner.ScannerAway),
        (b"COMMAND READ TIMED OUT\0", scanner.ScannerRefused),
        (b"stream: OK but\0", scanner.ScannerRefused),
    ):
        with liar(tmp_path / "liar.ctl", said):
            settings.CLAMD_URL = f"unix://{tmp_path / 'liar.ctl'}"
            with pytest.raises(error):
                scanner.threat_in(io.BytesIO(b"x" * 100_000))
