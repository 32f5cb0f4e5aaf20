"""People at work with the register."""

from collections.abc import Callable
from typing import Any

from django.test import Client

import pytest

from marketplace.taxonomy import services as taxonomy


@pytest.fixture(autouse=True)
def code_lists(db: None) -> None:
    """The code lists that forms and facets choose from."""
    taxonomy.load_seeds()


@pytest.fixture
def as_() -> Callable[[Any], Client]:
    """A client signed in as this person."""

    def sign_in(user: Any) -> Client:
        own = Client()
        own.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return own

    return sign_in
