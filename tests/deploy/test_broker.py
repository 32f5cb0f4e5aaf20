"""A broker that is gone or silent holds up no request, and one in a folder kills no worker."""

import socket
import time
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError

from deploy import broker
from deploy.settings import production


@pytest.fixture
def sender(monkeypatch):
    """An application with production's settings on this broker."""

    def build(address):
        monkeypatch.setenv("BROKER_URL", address)
        app = Celery("tests", set_as_current=False)
        app.conf.update(
            broker_url=address,
            broker_transport_options=production.redis_options(),
            task_publish_retry=False,
        )
        return app

    return build


def seconds_of(app):
    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("journal.drain")
    return time.monotonic() - began


def test_nobody_listens(sender):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        # Celery by itself would try again for six seconds.
        assert seconds_of(sender(f"redis://127.0.0.1:{probe.getsockname()[1]}/0")) < 4


def test_somebody_listens_and_says_nothing(sender):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert seconds_of(sender(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")) < 20


def test_a_message_in_a_folder_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    """A worker that read a file between its opening and its first byte died of it."""
    for name in ("data", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "data"),
        "data_folder_out": str(tmp_path / "data"),
        "control_folder": str(tmp_path / "control"),
    }
    found = []
    write = Path.write_bytes

    def half(path, data):
        path.touch()
        if path.parent.name == "data":
            # What a worker finds between the opening of a message and its first byte.
            try:
                found.append(queue.get_nowait())
            except Empty:
                found.append(None)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", half)
    with (
        Connection("filesystem://", transport_options=options) as connection,
        connection.SimpleQueue("urgent") as queue,
    ):
        assert type(queue.channel) is broker.Channel
        queue.put({"task": "journal.drain"})
        assert found == [None]
        message = queue.get_nowait()
        message.ack()
        assert message.payload == {"task": "journal.drain"}
    assert list((tmp_path / "data").iterdir()) == []
