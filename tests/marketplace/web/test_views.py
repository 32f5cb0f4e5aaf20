from types import SimpleNamespace
from typing import Any

from django.http import Http404
from django.test import Client, RequestFactory

import pytest

from marketplace.kernel.codes import new_code
from marketplace.kernel.errors import Forbidden
from marketplace.web.views import fetch, paginate

VIEW, EDIT = "needs.view_need", "needs.edit_need"


class Rows:
    """As much of a queryset as fetch uses."""

    def __init__(self, *rows: Any) -> None:
        self.rows, self.asked = rows, 0

    def filter(self, *, code: str) -> "Rows":
        self.asked += 1
        return Rows(*(row for row in self.rows if row.code == code))

    def first(self) -> Any:
        return self.rows[0] if self.rows else None


@pytest.fixture
def need() -> Any:
    return SimpleNamespace(code=new_code("XQ"))


def test_fetch_gives_what_may_be_seen(person: Any, need: Any) -> None:
    assert fetch(Rows(need), need.code, actor=person(VIEW), view=VIEW) is need
    assert fetch(Rows(need), need.code, actor=person(VIEW, EDIT), view=VIEW, action=EDIT) is need


def test_fetch_answers_hidden_like_missing(person: Any, need: Any) -> None:
    with pytest.raises(Http404) as hidden:
        fetch(Rows(need), need.code, actor=person(EDIT), view=VIEW, action=EDIT)
    with pytest.raises(Http404) as missing:
        fetch(Rows(), need.code, actor=person(VIEW), view=VIEW)
    assert str(hidden.value) == str(missing.value)


def test_fetch_says_why_not_when_it_may_be_seen(person: Any, need: Any) -> None:
    with pytest.raises(Forbidden):
        fetch(Rows(need), need.code, actor=person(VIEW), view=VIEW, action=EDIT)


@pytest.mark.parametrize(
    "code", ["", "1", "XQ2026-7KQ4ZM-X", "XQ2026-7KQ4ZM", "'; drop", "X" * 9999]
)
def test_fetch_asks_no_database_about_a_code_that_is_none(person: Any, code: str) -> None:
    rows = Rows()
    with pytest.raises(Http404):
        fetch(rows, code, actor=person(VIEW), view=VIEW)
    assert rows.asked == 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1", 1),
        ("3", 3),
        ("99", 3),
        ("0", 1),
        ("-1", 1),
        ("x", 1),
        ("２", 1),
        ("9" * 400, 1),
        ("", 1),
    ],
)
def test_paginate_stays_inside(rf: RequestFactory, typed: str, number: int) -> None:
    page = paginate(rf.get("/", {"page": typed}), list(range(45)), size=20)
    assert page.number == number


@pytest.mark.django_db
@pytest.mark.urls("tests.marketplace.web.urls")
class TestRenderPage:
    def test_a_browser_gets_the_page(self, client: Client) -> None:
        assert client.get("/page/").content.lstrip().startswith(b"<!DOCTYPE html>")

    def test_htmx_gets_the_fragment(self, client: Client) -> None:
        body = client.get("/page/", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in body
        assert "服务器无法理解这个请求" in body

    def test_a_boosted_form_gets_the_page(self, client: Client) -> None:
        headers = {"HX-Request": "true", "HX-Boosted": "true"}
        assert b"<!DOCTYPE html>" in client.get("/page/", headers=headers).content
