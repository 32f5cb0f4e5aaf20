"""Whatever a caller sends, the answer is JSON: a page is never what a program gets from `/api/`."""

from typing import Any

from django.test import Client
from django.urls import resolve

import pytest

from marketplace.needs.models import Need
from tests.cast import Cast
from tests.marketplace.api.conftest import Call, problem

pytestmark = pytest.mark.django_db
NEEDS = "/api/v1/needs/"

UNREADABLE = {
    "100,000 lists in each other": b"[" * 100_000,
    "closed": b"[" * 100_000 + b"]" * 100_000,
    "objects in each other": b'{"title":' * 50_000 + b"1" + b"}" * 50_000,
    "deeper than any form": b'{"title":"x","indicators":' + b"[" * 30 + b"]" * 30 + b"}",
    "nothing": b" ",
    "cut off": b'{"title": "x',
    "not UTF-8": b'{"title": "\xff\xfe"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "NaN": b'{"title": "x", "budget_min": NaN}',
    "half a character": rb'{"title": "\ud800 half"}',
    "deep where nobody looks": b'{"title":"x","more":' + b"[" * 30 + b"]" * 30 + b"}",
    "half a character where nobody looks": rb'{"title": "x", "more": ["\ud800"]}',
    "half a character as a name": rb'{"\udfff": "x"}',
    "half a character, deep": rb'{"title": "x", "indicators": [{"name": "\udc00"}]}',
    "5,000 digits": b'{"title": "x", "budget_min": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_no_json_of_ours_is_400(body: bytes, cast: Cast, call: Call) -> None:
    response = call(cast.member, "post", NEEDS, body)
    assert response.status_code == 400
    problem(response)
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"[]", b'"x"', b"1", b"null", b"true", b'{"title": []}', b'{"title": null}', b'{"title": {}}'],
)
def test_json_of_another_shape_is_400(body: bytes, cast: Cast, call: Call) -> None:
    assert problem(call(cast.member, "post", NEEDS, body))["status"] == 400


def test_where_the_json_ends_is_said_in_the_callers_language(cast: Cast, call: Call) -> None:
    said = problem(call(cast.member, "post", NEEDS, b'{\n"title" "x"}'))["title"]
    assert said == "正文不是有效的 JSON（第 2 行第 9 列）"
    english = call(cast.member, "post", NEEDS, b'{\n"title" "x"}', HTTP_ACCEPT_LANGUAGE="en")
    assert problem(english)["title"] == "The body is not valid JSON (line 2, column 9)"


def test_a_body_beyond_the_limit_is_413(cast: Cast, call: Call, settings: Any) -> None:
    body = b'{"title": "' + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1) + b'"}'
    response = call(cast.member, "post", NEEDS, body)
    assert response.status_code == 413
    assert problem(response)["type"] == "/api/problems/too-large"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=" + "x" * 300,
        "application/x-www-form-urlencoded; charset=utf-7",
        "nonsense",
    ],
)
def test_another_content_type_is_415(kind: str, cast: Cast, call: Call) -> None:
    response = call(cast.member, "post", NEEDS, b"title=x", content_type=kind)
    assert problem(response)["status"] == 415


@pytest.mark.parametrize("name", ["bz2", "no-such-charset", "rot13", "\udcff"])
def test_a_charset_that_is_none_is_400_or_read_as_utf_8(name: str, cast: Cast, call: Call) -> None:
    kind = f"application/json; charset={name}"
    response = call(cast.member, "post", NEEDS, b'{"title": "x"}', content_type=kind)
    assert response.status_code in {201, 400}
    assert "json" in response["Content-Type"]


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v1/", "/api/v2/needs/", "/api/nothing/", "/api/v1/needs/x/y/", "/api/v1/%00/"],
)
def test_an_address_that_is_none_is_a_problem(path: str, call: Call) -> None:
    assert problem(call(None, "get", path))["status"] == 404
    assert problem(call(None, "post", path))["status"] in {404, 405}


def test_a_host_that_is_none_is_400(call: Call) -> None:
    assert problem(call(None, "get", NEEDS, HTTP_HOST="evil.example"))["status"] == 400


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "FOO"])
def test_another_method_is_405_and_says_which_there_are(
    method: str, cast: Cast, call: Call
) -> None:
    response = call(cast.member, method, NEEDS)
    assert problem(response)["status"] == 405
    assert set(response["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}


def test_a_fault_of_ours_is_a_problem_too(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    view: Any = resolve(NEEDS).func
    monkeypatch.setattr(view.view_class, "get", broken)
    response = call(None, "get", NEEDS, HTTP_ACCEPT_LANGUAGE="en")
    assert problem(response)["title"] == (
        "The server failed; it has been noted. Please try again later"
    )
    assert response.status_code == 500


def test_only_json_is_offered(call: Call) -> None:
    assert problem(call(None, "get", NEEDS, HTTP_ACCEPT="text/html"))["status"] == 406
    # `?format=` would be an unknown name like any other.
    assert problem(call(None, "get", f"{NEEDS}?format=html"))["status"] == 400


def test_a_read_key_that_writes_is_403(cast: Cast, call: Call) -> None:
    response = call(cast.member, "post", NEEDS, {"title": "x"}, scope="read")
    assert problem(response)["type"] == "/api/problems/read-only-token"
    assert response.status_code == 403
    assert not Need.objects.exists()


@pytest.mark.parametrize(
    "raw", ["Bearer", "Bearer nothing", "bearer \x00", "Bearer jb_" + "x" * 99]
)
def test_a_key_that_is_none_is_401(raw: str, call: Call) -> None:
    response = call(None, "get", NEEDS, HTTP_AUTHORIZATION=raw)
    assert problem(response)["status"] == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_whoever_has_signed_in_needs_the_forms_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post(NEEDS, "{}", "application/json")
    assert problem(response)["status"] == 403


def test_too_many_requests_say_when_to_come_back(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.api.throttling.READS", "1/1h")
    call(None, "get", NEEDS)
    response = call(None, "get", NEEDS)
    assert problem(response)["status"] == 429
    assert 0 < int(response["Retry-After"]) <= 3600


def test_a_problem_is_not_said_to_be_compressed(client: Client) -> None:
    """The page that it replaces was: a client that accepts gzip could not read the problem."""
    answer = client.get("/api/v1/nothing/", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 404
    assert "Content-Encoding" not in answer.headers
    assert answer.json()["status"] == 404
