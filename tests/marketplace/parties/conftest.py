"""Helpers of the tests of people and organisations."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core import mail
from django.core.cache import cache
from django.test import Client

import pytest

from marketplace.notices.sms import MemoryBackend


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Rate limits and messages of one test are no other test's."""
    cache.clear()
    MemoryBackend.outbox.clear()
    yield
    MemoryBackend.outbox.clear()


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path


@pytest.fixture
def sms() -> list[dict[str, str]]:
    return MemoryBackend.outbox


@pytest.fixture
def mailed_code() -> Callable[[], str]:
    """The code in the last mail."""

    def read() -> str:
        found = re.search(r"^ {4}(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found[1]

    return read


@pytest.fixture
def as_(client: Client) -> Callable[[Any], Client]:
    """A client signed in as this person."""

    def sign_in(user: Any) -> Client:
        own = Client()
        own.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return own

    return sign_in
