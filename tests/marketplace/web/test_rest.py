from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

import pytest
from rest_framework import exceptions, serializers

from marketplace.kernel import errors
from marketplace.web.rest import problem_handler


@pytest.fixture
def answer(person: Any) -> Any:
    def make(error: Exception, *, signed_in: bool = True) -> Any:
        request = type("Request", (), {"user": person(signed_in=signed_in)})()
        return problem_handler(error, {"request": request})

    return make


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (errors.Refused("已截止"), 409, "refused"),
        (errors.Forbidden("不行"), 403, "forbidden"),
        (errors.NotVisible(), 404, "not-found"),
        (Http404("secret row 7"), 404, "not-found"),
        (errors.TooMany(30), 429, "too-many"),
        (errors.InvalidInput({"title": ["太长"]}), 400, "invalid"),
        (PermissionDenied("x"), 403, "permission-denied"),
        (exceptions.NotAuthenticated(), 401, "not-authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
        (exceptions.ParseError(), 400, "parse-error"),
        (exceptions.UnsupportedMediaType("x/y"), 415, "unsupported-media-type"),
    ],
)
def test_problems(answer: Any, error: Exception, status: int, slug: str) -> None:
    response = answer(error)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.data["type"] == f"/api/problems/{slug}"
    assert response.data["status"] == status
    assert response.data["title"]
    assert "secret" not in str(response.data)


def test_hidden_and_missing_are_the_same(answer: Any) -> None:
    assert answer(errors.NotVisible()).data == answer(Http404()).data


def test_forbidden_means_sign_in_for_nobody(answer: Any) -> None:
    response = answer(errors.Forbidden("不行"), signed_in=False)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_retry_after(answer: Any) -> None:
    assert answer(errors.TooMany(30))["Retry-After"] == "30"
    assert answer(exceptions.Throttled(wait=1.5))["Retry-After"] == "2"


def test_errors_stand_by_field(answer: Any) -> None:
    class Row(serializers.Serializer[Any]):
        name = serializers.CharField(max_length=3)

    class Need(serializers.Serializer[Any]):
        title = serializers.CharField()
        indicators = Row(many=True)

    need = Need(data={"indicators": [{"name": "ok"}, {"name": "toolong"}]})
    with pytest.raises(exceptions.ValidationError) as refused:
        need.is_valid(raise_exception=True)
    fields = [row["field"] for row in answer(refused.value).data["errors"]]
    assert fields == ["title", "indicators.1.name"]
    own = answer(errors.InvalidInput({"": ["整体"], "title": ["甲", "乙"]})).data["errors"]
    assert own == [
        {"field": "", "message": "整体"},
        {"field": "title", "message": "甲"},
        {"field": "title", "message": "乙"},
    ]


def test_the_refusal_stands_in_the_response(answer: Any) -> None:
    error = errors.Forbidden("不行")
    assert answer(error).refusal is error


def test_a_crash_is_no_problem_of_ours(answer: Any) -> None:
    assert answer(RuntimeError()) is None
