"""Who gets into the admin and what they may do there; Wagtail's other doors are shut."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from wagtail.models import Page

import pytest

from cms.editors import GROUP
from cms.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from marketplace.parties.services import grant_role, revoke_role
from tests.cast import Cast
from tests.factories.cms import make_page
from tests.factories.parties import UserFactory, make_staff

pytestmark = pytest.mark.django_db

INSIDE = {"editor", "operator"}
DOORS = ("/cms/", "/cms/pages/", "/cms/images/", "/cms/documents/", "/cms/account/")


@pytest.fixture
def editor() -> Any:
    return make_staff("editor")


def test_only_editors_and_operators_enter(client: Client, cast: Cast) -> None:
    for role, person in cast.people():
        client.logout()
        if role != "visitor":
            client.force_login(person)
        for door in DOORS:
            response = client.get(door, follow=role not in INSIDE and role != "visitor")
            if role == "visitor":
                assert response.headers["Location"].startswith("/cms/login/"), door
            else:
                assert response.status_code == (200 if role in INSIDE else 403), (role, door)


def test_an_editor_without_a_second_factor_is_led_to_set_it_up(client: Client) -> None:
    client.force_login(make_staff("editor", factor=False))
    response = client.get("/cms/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/2fa/totp/activate/",
    )


def test_signing_in_goes_by_the_one_way_there_is(client: Client) -> None:
    response = client.get("/cms/login/?next=/cms/pages/")
    assert response.headers["Location"] == "/accounts/login/?next=/cms/pages/"
    for path in ("/_util/login/", "/en/_util/login/"):
        assert "/accounts/login/?next=" in client.get(path).headers["Location"]
    assert (
        client.get("/cms/login/?next=https://evil.example/")
        .headers["Location"]
        .startswith("/accounts/login/")
    )


@pytest.mark.parametrize(
    "path",
    [
        "/cms/users/",
        "/cms/users/add/",
        "/cms/groups/",
        "/cms/password_reset/",
        "/_util/authenticate_with_password/1/1/",
    ],
)
def test_wagtail_keeps_no_second_register_of_people(client: Client, path: str) -> None:
    client.force_login(UserFactory(is_superuser=True))
    assert client.get(path, follow=True).status_code in {404, 200}
    editor = make_staff("editor")
    client.force_login(editor)
    assert client.get(path).status_code == 404


def test_a_role_taken_away_shuts_the_door_at_once(client: Client, editor: Any) -> None:
    client.force_login(editor)
    assert client.get("/cms/").status_code == 200
    revoke_role(editor, "editor", actor=None)
    assert client.get("/cms/", follow=True).status_code == 403
    assert not editor.groups.filter(name=GROUP).exists()


def test_roles_and_the_group_stay_in_step() -> None:
    person = UserFactory()
    grant_role(person, "expert", actor=None)
    assert not person.groups.exists()
    grant_role(person, "editor", actor=None)
    grant_role(person, "operator", actor=None)
    assert [group.name for group in person.groups.all()] == [GROUP]
    revoke_role(person, "editor", actor=None)
    assert person.groups.exists()
    revoke_role(person, "operator", actor=None)
    assert not person.groups.exists()
    assert Group.objects.filter(name=GROUP).count() == 1


def test_an_editor_writes_and_publishes(client: Client, editor: Any) -> None:
    client.force_login(editor)
    above = NewsIndexPage.objects.get(locale__language_code="zh-hans")
    data = {
        "title": "新的一条",
        "slug": "new-one",
        "summary": "摘要",
        "category": "case",
        "published_at": "2026-11-20 09:00",
        "source": "市科技局",
        "body-count": "0",
        "attachments-count": "0",
        "action-publish": "1",
    }
    response = client.post(f"/cms/pages/add/cms/newspage/{above.pk}/", data)
    assert response.status_code == 302, response.context and response.context["form"].errors
    assert client.get("/news/new-one/").status_code == 200


def test_fixed_pages_stay_where_they_are(client: Client, editor: Any) -> None:
    client.force_login(editor)
    for page in (
        HomePage.objects.get(slug="home"),
        NewsIndexPage.objects.first(),
        StandardPage.objects.filter(slug="help").first(),
    ):
        tester = Page.objects.get(pk=page.pk).permissions_for_user(editor)
        assert tester.can_edit()
        assert [tester.can_delete(), tester.can_unpublish(), tester.can_move()] == [False] * 3
        client.post(f"/cms/pages/{page.pk}/delete/")
        client.post(f"/cms/pages/{page.pk}/unpublish/")
        assert Page.objects.get(pk=page.pk).live


def test_an_ordinary_page_may_go(client: Client, editor: Any) -> None:
    page = make_page()
    client.force_login(editor)
    client.post(f"/cms/pages/{page.pk}/delete/")
    assert not NewsPage.objects.filter(pk=page.pk).exists()


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (NewsIndexPage, "newspage"),
        (HomePage, "standardpage"),
    ],
)
def test_page_types_stand_in_their_place_only(
    client: Client, editor: Any, above: Any, below: str
) -> None:
    client.force_login(editor)
    parent = above.objects.get(locale__language_code="zh-hans")
    for name in ("homepage", "newspage", "policypage", "standardpage", "newsindexpage"):
        allowed = name in {below, *(["newsindexpage"] if above is HomePage else [])}
        status = client.get(f"/cms/pages/add/cms/{name}/{parent.pk}/").status_code
        assert (status == 200) is allowed, name


def test_a_page_can_be_translated_by_an_editor(client: Client, editor: Any) -> None:
    page = make_page(slug="to-translate")
    client.force_login(editor)
    english = HomePage.objects.get(slug="home-en").locale
    response = client.post(
        f"/cms/translation/submit/page/{page.pk}/", {"locales": [english.pk], "include_subtree": ""}
    )
    assert response.status_code == 302
    twin = NewsPage.objects.get(translation_key=page.translation_key, locale=english)
    assert (twin.slug, twin.live) == ("to-translate", False)


def test_the_looser_policy_holds_for_the_admin_alone(client: Client, editor: Any) -> None:
    client.force_login(editor)
    assert "unsafe-inline" in client.get("/cms/").headers["Content-Security-Policy"]
    for path in ("/", "/news/", "/en/help/"):
        assert "unsafe" not in client.get(path).headers["Content-Security-Policy"]


def test_a_preview_is_framed_by_the_admin_only(client: Client, editor: Any) -> None:
    client.force_login(editor)
    page = make_page(title="预览")
    url = f"/cms/pages/{page.pk}/edit/preview/"
    assert client.post(url, edited(page)).json()["is_valid"]
    response = client.get(url)
    assert "改过的题目" in response.content.decode()
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "data-wagtail-userbar" in response.content.decode()
    assert "data-wagtail-userbar" not in client.get("/news/opening/").content.decode()


def edited(page: NewsPage) -> dict[str, str]:
    return {
        "title": "改过的题目",
        "slug": page.slug,
        "category": page.category,
        "published_at": "2026-11-20 09:00",
        "body-count": "0",
        "attachments-count": "0",
    }


def test_the_admin_speaks_chinese_and_asks_nobody_else(client: Client, editor: Any) -> None:
    client.force_login(editor)
    html = client.get("/cms/").content.decode()
    assert 'lang="zh-hans"' in html
    assert "gravatar" not in html
    assert "releases.wagtail.org" not in html
    account = client.get("/cms/account/").content.decode()
    assert "first_name" not in account
    assert "password" not in account
