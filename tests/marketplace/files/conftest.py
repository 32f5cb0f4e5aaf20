"""A private folder of its own for each test, and a subject kind with a reader."""

from types import SimpleNamespace

import pytest

from marketplace.files import policies
from tests.factories.files import make_uploader


@pytest.fixture(autouse=True)
def private_folder(settings, tmp_path):
    settings.PRIVATE_FILES_DIR = tmp_path / "private"
    return settings.PRIVATE_FILES_DIR


@pytest.fixture
def uploader(db):
    return make_uploader()


@pytest.fixture
def outsider(db):
    return make_uploader("outsider@example.com")


@pytest.fixture
def readers(monkeypatch):
    """Readers of `tests.thing`: a set of user ids; public files are for everyone."""
    allowed = SimpleNamespace(ids=set())
    monkeypatch.setitem(
        policies._readers,
        "tests.thing",
        lambda user, attachment: attachment.is_public or user.pk in allowed.ids,
    )
    return allowed
