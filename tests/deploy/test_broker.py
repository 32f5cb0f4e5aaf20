"""A broker that is gone or silent holds up no request: the settings that production starts with."""

import socket
import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

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
