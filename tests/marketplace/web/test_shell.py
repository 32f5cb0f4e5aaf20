"""Head and foot of the page are kept for visitors: each sees the own choices, path and language."""

import json
import re
from html import escape
from typing import Any

from django.test import Client, override_settings

from wagtail.models import Locale

import pytest

from cms.navigation import Navigation
from marketplace.notices.models import Notice
from marketplace.parties.models import User
from marketplace.web import shell
from tests.cast import Cast
from tests.factories.notices import make_notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    shell._kept.clear()


def head_of(client: Client, path: str, **cookies: str) -> str:
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.get(path).content.decode().partition("<body")[2].partition("<main")[0]


def foot_of(client: Client, path: str) -> str:
    return client.get(path).content.decode().partition("</main>")[2]


def test_the_same_head_is_drawn_once(client: Client) -> None:
    first = head_of(client, "/help/accessibility/")
    kept = dict(shell._kept)
    assert head_of(client, "/help/accessibility/") == first
    assert head_of(client, "/sitemap/") == first.replace("/help/accessibility/", "/sitemap/")
    assert shell._kept == kept


@pytest.mark.parametrize("path", ["/sitemap/?a=1&b=2", '/sitemap/?a="><script>alert(1)</script>'])
def test_the_address_of_the_page_is_its_own_and_escaped(client: Client, path: str) -> None:
    head_of(client, "/sitemap/")
    head = head_of(client, path)
    asked = client.get(path).wsgi_request.get_full_path()
    assert head.count(f'name="back" value="{escape(asked)}"') == 3
    assert "<script>" not in head
    assert f"?next={'/sitemap/%3F'}" in head
    assert "sitemap/?a" not in head_of(client, "/sitemap/")


def test_choices_of_one_reader_are_not_shown_to_another(client: Client) -> None:
    plain = head_of(client, "/sitemap/")
    dark = head_of(client, "/sitemap/", theme="dark")
    large = head_of(client, "/sitemap/", size="large")
    assert [page.count('aria-pressed="true"') for page in (plain, dark, large)] == [0, 1, 1]
    assert dark != large
    assert head_of(client, "/sitemap/") == plain
    assert head_of(client, "/sitemap/", theme="dark") == dark


def test_each_language_has_its_own(client: Client) -> None:
    for _again in range(2):
        assert "登录" in head_of(client, "/sitemap/")
        assert "Sign in" in head_of(client, "/en/sitemap/")
        assert "联系我们" in foot_of(client, "/sitemap/")
        assert "联系我们" not in foot_of(client, "/en/sitemap/")


def test_the_section_is_marked_where_the_reader_is(client: Client) -> None:
    for path in ("/orgs/", "/news/", "/sitemap/", "/orgs/"):
        head = head_of(client, path)
        marked = [part for part in head.split("<a")[1:] if 'aria-current="page"' in part]
        assert len(marked) == (0 if path == "/sitemap/" else 1), path
        assert all(f'href="{path}"' in part for part in marked)


def test_who_signs_in_sees_the_own_name_and_leaves_none_behind(client: Client, cast: Cast) -> None:
    visitors = head_of(client, "/sitemap/")
    for person in (cast.member, cast.outsider):
        signed = Client()
        signed.force_login(person)
        head = signed.get("/sitemap/").content.decode().partition("<main")[0]
        assert str(person) in head
        assert "csrfmiddlewaretoken" in head
    assert head_of(client, "/sitemap/") == visitors


def test_heads_of_two_people_share_all_but_what_is_their_own(cast: Cast) -> None:
    """The second head is made from the first: with another name, token and number of messages."""
    names = {"a < b & c": 3, "一个名字比十六个字还要长得多的人呢": 0}
    heads, drawn = {}, []
    for person, (name, unread) in zip((cast.member, cast.outsider), names.items(), strict=True):
        User.objects.filter(pk=person.pk).update(name=name)
        Notice.objects.filter(recipient=person).delete()
        for _each in range(unread):
            make_notice(person)
        signed = Client()
        signed.force_login(person)
        page = signed.get("/sitemap/").content.decode()
        head = page.partition("<body")[2].partition("<main")[0]
        tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', head)
        assert len(tokens) == 1
        assert escape(name) in head
        assert re.findall(r'class="u-num"\s*>(\d+)</b>', head) == ([str(unread)] if unread else [])
        heads[tokens[0]] = head
        drawn.append(len(shell._kept))
    (first, ours), (second, theirs) = heads.items()
    assert first != second
    assert "a &lt; b" not in theirs
    assert "一个名字比十六个字还要长得..." in theirs
    assert "条未读" in ours
    assert "条未读" not in theirs
    again = Client()
    again.force_login(cast.outsider)
    again.get("/help/accessibility/")
    assert len(shell._kept) == drawn[-1]
    assert not any(one in text for text in shell._kept.values() for one in (*names, first, second))


def test_a_visitor_gets_no_cookie_for_the_head(client: Client) -> None:
    assert client.get("/sitemap/").cookies == {}


def test_a_menu_of_editors_is_shown_and_gone_at_once(client: Client) -> None:
    own = head_of(client, "/sitemap/")
    locale = Locale.objects.get(language_code="zh-hans")
    entry: dict[str, Any] = {
        "label": "新栏目 <b>",
        "url": "/somewhere/",
        "target": "",
        "page": None,
    }
    header = [{"type": "link", "value": entry}]
    footer = [{"type": "column", "value": {"title": "新页脚", "links": [entry]}}]
    menu = Navigation.objects.create(
        locale=locale, header=json.dumps(header), footer=json.dumps(footer)
    )
    assert "新栏目 &lt;b&gt;" in head_of(client, "/sitemap/")
    assert "新页脚" in foot_of(client, "/sitemap/")
    assert "新栏目" not in head_of(client, "/en/sitemap/")
    menu.footer = json.dumps([])
    menu.save()
    assert "新页脚" not in foot_of(client, "/sitemap/")
    menu.delete()
    assert head_of(client, "/sitemap/") == own


def test_names_of_the_settings_are_those_of_now(client: Client) -> None:
    head_of(client, "/sitemap/")
    with override_settings(SITE_NAME="别的市场", FOOTER_ICP="鲁 ICP 备 1 号"):
        assert "别的市场" in head_of(client, "/sitemap/")
        assert "鲁 ICP 备 1 号" in foot_of(client, "/sitemap/")
    assert "别的市场" not in head_of(client, "/sitemap/")


def test_the_box_holds_what_was_asked_and_only_there(client: Client) -> None:
    assert 'value="问到的词"' in head_of(client, "/search/?q=问到的词")
    assert "问到的词" not in head_of(client, "/sitemap/")
    assert "问到的词" not in head_of(client, "/search/")


def test_no_more_heads_are_kept_than_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "MOST", 3)
    for path in ("/sitemap/", "/en/sitemap/", "/orgs/", "/en/orgs/", "/news/"):
        head_of(client, path)
        assert len(shell._kept) <= 3
