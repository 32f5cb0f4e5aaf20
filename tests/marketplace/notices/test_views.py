"""Pages of a person's notices."""

from django.urls import reverse

import pytest

from marketplace.notices import context_processors, queries, services
from marketplace.notices.models import Notice
from tests.factories.notices import make_notice
from tests.filled import post_seen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["list", "preferences"])
def test_pages_need_a_sign_in(client, name):
    response = client.get(reverse(f"notices:{name}"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_list_shows_own_notices_escaped(client, reader, other):
    make_notice(reader, title_id="<b>%(title)s</b>", params={"title": "<i>x</i>"})
    make_notice(other, title_id="别人的消息")
    client.force_login(reader)
    html = client.get(reverse("notices:list")).content.decode()
    assert "&lt;b&gt;&lt;i&gt;x&lt;/i&gt;&lt;/b&gt;" in html
    assert "别人的消息" not in html
    assert "全部标为已读" in html


def test_empty_list_shows_ways_on(client, reader):
    client.force_login(reader)
    html = client.get(reverse("notices:list")).content.decode()
    assert "还没有消息" in html
    assert "全部标为已读" not in html


def test_one_and_thirty_rows_cost_the_same(client, reader, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(reader)
    make_notice(reader)
    client.get(reverse("notices:list"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("notices:list"))
    for _ in range(29):
        make_notice(reader)
    with django_assert_num_queries(len(one)):
        client.get(reverse("notices:list"))


def test_opening_marks_read_and_goes_on(client, reader):
    notice = make_notice(reader, url="/workbench/notices/preferences/")
    client.force_login(reader)
    assert client.head(notice.open_url).status_code == 302
    assert queries.unread_count(reader) == 1
    response = client.get(notice.open_url)
    assert (response.status_code, response.url) == (302, "/workbench/notices/preferences/")
    assert queries.unread_count(reader) == 0


def test_opening_keeps_the_language(client, reader):
    notice = make_notice(reader, url="/workbench/notices/preferences/")
    client.force_login(reader)
    response = client.get("/en" + notice.open_url)
    assert response.url == "/en/workbench/notices/preferences/"


def test_opening_never_leaves_the_site(client, reader):
    notice = make_notice(reader, url="//evil.example/", title_id="一条消息")
    client.force_login(reader)
    response = client.get(notice.open_url)
    assert response.status_code == 200
    assert "一条消息" in response.content.decode()


def test_other_peoples_notices_are_missing(client, reader, other):
    notice = make_notice(other)
    client.force_login(reader)
    assert client.get(notice.open_url).status_code == 404
    assert Notice.objects.get().read_at is None


def test_all_are_marked_read_by_post_only(client, reader, other):
    make_notice(reader)
    make_notice(other)
    client.force_login(reader)
    assert client.get(reverse("notices:read_all")).status_code == 405
    response = client.post(reverse("notices:read_all"))
    assert response.url == reverse("notices:list")
    assert (queries.unread_count(reader), queries.unread_count(other)) == (0, 1)


def test_preferences_are_shown_and_kept(client, reader):
    client.force_login(reader)
    html = client.get(reverse("notices:preferences")).content.decode()
    assert "需求被退回" in html
    assert "新的匹配" in html
    assert html.count("checked") == 1
    response = post_seen(client, reverse("notices:preferences"), {"mail": ["tests.matched"]})
    assert response.status_code == 302
    assert [c.mail for c in queries.mail_choices(reader)] == [False, True]
    assert post_seen(client, reverse("notices:preferences"), {}).status_code == 302
    assert [c.mail for c in queries.mail_choices(reader)] == [False, False]


def test_forged_choice_is_refused_and_changes_nothing(client, reader):
    client.force_login(reader)
    response = post_seen(client, reverse("notices:preferences"), {"mail": ["tests.forged"]})
    assert response.status_code == 400
    assert [c.mail for c in queries.mail_choices(reader)] == [True, False]


def test_number_beside_the_bell(rf, reader, django_assert_num_queries, monkeypatch):
    request = rf.get("/")
    request.user = reader
    with django_assert_num_queries(0):
        shown = context_processors.unread(request)["unread_notices"]
    with django_assert_num_queries(1):
        assert str(shown) == ""
    make_notice(reader)
    assert str(context_processors.unread(request)["unread_notices"]) == "1"
    monkeypatch.setattr(queries, "COUNTED", 1)
    assert str(context_processors.unread(request)["unread_notices"]) == "0+"
    services.mark_all_read(reader)
    assert not context_processors.unread(request)["unread_notices"]
