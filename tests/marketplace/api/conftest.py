"""Callers of the API: a program with a key of somebody of the cast."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.test import Client

import pytest

from marketplace.parties import services

#: How a test sends a request: `call("member", "post", "/api/v1/needs/", {...})`.
Call = Callable[..., HttpResponse]


@pytest.fixture
def call() -> Call:
    """Ask as a person, None for nobody, with a key of the given scope; a body is sent as JSON."""
    keys: dict[tuple[int, str], str] = {}
    client = Client(raise_request_exception=False)

    def ask(
        person: Any,
        method: str,
        path: str,
        body: Any = None,
        *,
        scope: str = "write",
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        if person is not None:
            at = (person.pk, scope)
            if at not in keys:
                keys[at] = services.create_token(person, name="test", scope=scope).secret
            headers["HTTP_AUTHORIZATION"] = f"Bearer {keys[at]}"
        data = body if isinstance(body, bytes | str) else json.dumps({} if body is None else body)
        return client.generic(method.upper(), path, data, content_type, **headers)

    return ask


def problem(response: HttpResponse) -> dict[str, Any]:
    """The body of a refusal, which is a problem and never a page."""
    assert response["Content-Type"] == "application/problem+json", response.content[:200]
    found: dict[str, Any] = json.loads(response.content)
    assert found["status"] == response.status_code
    assert found["type"].startswith("/api/problems/")
    assert found["title"]
    return found


def fields(response: HttpResponse) -> list[str]:
    """The fields that a refusal names, in its order."""
    return [row["field"] for row in problem(response)["errors"]]
