"""A person whose permissions a test chooses, and a template rendered from text."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.template import engines

import pytest


@pytest.fixture
def person() -> Callable[..., Any]:
    """`person("needs.view_need")` is signed in and has exactly these permissions."""

    def make(*permissions: str, signed_in: bool = True) -> Any:
        return SimpleNamespace(
            is_authenticated=signed_in,
            pk=7,
            has_perm=lambda permission, _thing=None: permission in permissions,
        )

    return make


@pytest.fixture
def draw() -> Callable[..., str]:
    """Render template text with the web tags loaded."""

    def render(text: str, /, **context: Any) -> str:
        template = engines["django"].from_string("{% load i18n web %}" + text)
        return template.render(context)

    return render
