"""The operator's pages."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.taxonomy.models import Scheme
from tests.factories.parties import make_staff
from tests.factories.taxonomy import make_scheme, make_term
from tests.filled import post_seen

pytestmark = pytest.mark.django_db

ALL = [
    ("schemes", []),
    ("scheme", ["colour"]),
    ("add", ["colour"]),
    ("edit", ["colour", "red.dark"]),
    ("retire", ["colour", "green"]),
]


@pytest.fixture
def operated(client):
    client.force_login(make_staff("operator"))
    return client


def address(name, *args):
    return reverse(f"taxonomy:{name}", args=args)


@pytest.mark.parametrize(("name", "args"), ALL)
def test_pages_are_the_operators(client, operated, colours, name, args):
    response = operated.get(address(name, *args))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("name", "args"), [*ALL, ("restore", ["colour", "blue"])])
def test_others_are_refused(client, colours, name, args):
    method = client.post if name == "restore" else client.get
    asked = method(address(name, *args))
    if name == "restore":
        assert asked.status_code == 401
    else:
        assert asked.url.startswith(reverse("account_login"))
    client.force_login(make_staff("registrar_city"))
    assert method(address(name, *args)).status_code == 403
    assert colours.terms.get(code="blue").valid_to is not None


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("scheme", ["nothing"]),
        ("add", ["nothing"]),
        ("edit", ["colour", "violet"]),
        ("retire", ["colour", "red.violet"]),
        ("edit", ["colour", "红"]),
    ],
)
def test_what_is_not_there(operated, colours, name, args):
    assert operated.get(address(name, *args)).status_code == 404


def test_lists_with_source_and_count(operated, colours):
    html = operated.get(address("schemes")).content.decode()
    assert "颜色" in html
    assert "GB/T 22900-2022" in html
    assert html.count("固定") == Scheme.objects.filter(editable=False).count()


def test_terms_with_state(operated, colours):
    html = operated.get(address("scheme", "colour")).content.decode()
    assert "　深红" in html
    assert "2024-01-01 停用" in html
    assert address("restore", "colour", "blue") in html
    assert address("retire", "colour", "blue") not in html
    assert address("retire", "colour", "green") in html


def test_a_fixed_list_has_no_ways_in(operated):
    html = operated.get(address("scheme", "trl")).content.decode()
    assert "不能在此修改" in html
    assert address("add", "trl") not in html
    assert "/retire/" not in html
    response = operated.post(
        address("add", "trl"), {"code": "x", "label": "x", "valid_from": "2026-01-01"}
    )
    assert response.status_code == 409


def test_add(operated, colours):
    response = operated.post(
        address("add", "colour"),
        {
            "parent": "red",
            "code": "pale",
            "label": "淡红",
            "label_en": "Pale red",
            "valid_from": clock.today().isoformat(),
        },
    )
    assert response.url == address("scheme", "colour")
    assert colours.terms.get(code="red.pale").label_en == "Pale red"
    assert "已新增条目“淡红”" in operated.get(response.url).content.decode()


def test_only_trees_ask_for_a_parent(operated, colours):
    html = operated.get(address("add", "colour")).content.decode()
    assert '<option value="red">红</option>' in html
    assert 'value="red.dark"' not in html
    assert 'value="blue"' not in html
    assert "上级条目" not in operated.get(address("add", "chain")).content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "green"}, "该代码已在使用"),
        ({"code": "../x"}, "代码只能用小写字母、数字和下划线"),
        ({"label": ""}, "c-field"),
        ({"parent": "blue"}, "请从列表中选择"),
        ({"label": "长" * 81}, "80"),
        ({"valid_from": "2026-02-30"}, "c-field"),
    ],
)
def test_add_shows_what_is_wrong_and_keeps_the_rest(operated, colours, change, message):
    typed = {"code": "grey", "label": "灰", "label_en": "Grey", "valid_from": "2026-01-01"}
    response = operated.post(address("add", "colour"), typed | change)
    html = response.content.decode()
    assert response.status_code == 400
    assert message in html
    assert "Grey" in html
    assert colours.terms.count() == 5


def test_rename(operated, colours):
    url = address("edit", "colour", "green")
    response = post_seen(
        operated, url, {"label": "<b>碧</b>", "label_en": "", "note": "", "order": "5"}
    )
    assert response.url == address("scheme", "colour")
    html = operated.get(url).content.decode()
    assert "&lt;b&gt;碧&lt;/b&gt;" in html
    assert "<b>碧</b>" not in html
    assert "修改条目" in html


@pytest.mark.parametrize("order", ["", "-1", "1e3", "9999999"])
def test_rename_needs_a_sound_place(operated, colours, order):
    response = post_seen(
        operated, address("edit", "colour", "green"), {"label": "碧", "order": order}
    )
    assert response.status_code == 400
    assert colours.terms.get(code="green").label == "绿"


def test_retire_and_restore(operated, colours):
    today = clock.today().isoformat()
    response = post_seen(operated, address("retire", "colour", "green"), {"on": today})
    assert response.url == address("scheme", "colour")
    assert colours.terms.get(code="green").valid_to == clock.today()
    assert operated.get(address("restore", "colour", "green")).status_code == 405
    post_seen(operated, address("restore", "colour", "green"), page=address("scheme", "colour"))
    assert colours.terms.get(code="green").valid_to is None


def test_retire_refuses_as_the_service_does(operated, colours):
    assert (
        operated.post(
            address("retire", "colour", "red"), {"on": clock.today().isoformat()}
        ).status_code
        == 409
    )
    response = post_seen(operated, address("retire", "colour", "green"), {"on": "2020-01-01"})
    assert response.status_code == 400
    assert "停用日期不能早于启用日期" in response.content.decode()


def test_one_and_thirty_rows_cost_the_same(operated, django_assert_num_queries):
    scheme = make_scheme()
    make_term(scheme, "one")
    for name, args in (("scheme", ["colour"]), ("schemes", [])):
        operated.get(address(name, *args))
        with CaptureQueriesContext(connection) as few:
            operated.get(address(name, *args))
        for number in range(29):
            make_term(scheme, f"{name}_{number}")
            make_scheme(f"{name}{number}")
        with django_assert_num_queries(len(few)):
            operated.get(address(name, *args))
