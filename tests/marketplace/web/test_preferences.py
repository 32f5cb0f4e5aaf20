from django.test import Client

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.marketplace.web.urls")]


def test_a_choice_is_kept_in_a_cookie_and_marks_the_page(client: Client) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "back": "/page/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/page/?a=1")
    client.post("/preferences/", {"size": "large", "back": "/page/"})
    body = client.get("/page/").content.decode()
    assert 'data-theme="dark"' in body
    assert 'data-size="large"' in body
    assert body.count('aria-pressed="true"') == 2


def test_switching_back(client: Client) -> None:
    client.post("/preferences/", {"size": "large"})
    client.post("/preferences/", {"size": "normal"})
    body = client.get("/page/").content.decode()
    assert 'data-size="normal"' in body
    assert 'aria-pressed="true"' not in body


@pytest.mark.parametrize("value", ["purple", "", '"><script>', "DARK", "dark;size=large"])
def test_another_value_is_ignored(client: Client, value: str) -> None:
    assert not client.post("/preferences/", {"theme": value}).cookies
    client.cookies["theme"] = value
    assert "data-theme=" not in client.get("/page/").content.decode()


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "\x00"],
)
def test_never_leads_to_another_site(client: Client, back: str) -> None:
    assert client.post("/preferences/", {"theme": "dark", "back": back})["Location"] == "/"


def test_needs_no_token_and_takes_no_get(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/preferences/", {"theme": "dark"}).status_code == 302
    assert client.get("/preferences/").status_code == 405


def test_the_language_switch_keeps_the_page(client: Client) -> None:
    there = client.post("/preferences/", {"language": "en", "back": "/page/?q=a"})
    assert there["Location"] == "/en/page/?q=a"
    assert there.cookies["django_language"].value == "en"
    back = client.post("/preferences/", {"language": "zh-hans", "back": "/en/page/?q=a"})
    assert back["Location"] == "/page/?q=a"
    assert (
        client.post("/preferences/", {"language": "xx", "back": "/page/"})["Location"] == "/page/"
    )


def test_a_page_names_its_language_and_its_twin(client: Client) -> None:
    body = client.get("/en/page/").content.decode()
    assert '<html\n    lang="en"' in body or 'lang="en"' in body.split(">")[1]
    assert 'hreflang="zh-Hans" href="http://127.0.0.1:8000/page/"' in body.replace("\n", " ")
    assert 'rel="canonical" href="http://127.0.0.1:8000/en/page/"' in body
    chinese = client.get("/page/").content.decode()
    assert 'lang="zh-Hans"' in chinese.split("<head>")[0]


def test_a_visitor_gets_no_cookie(client: Client) -> None:
    assert not client.get("/page/").cookies
