"""Exports: the same filters as the list, nothing private, no formulas, and back through the import."""

import csv
import io
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from openpyxl import load_workbook

from marketplace.achievements import services
from marketplace.achievements.exports import COLUMNS
from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement, upload
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db

CANARY = "CANARY-7f3e"


@pytest.fixture(autouse=True)
def _fresh_index(own_index: Any) -> None:
    """What one test indexes, no other finds."""


def publish(cast: Cast, **values: Any) -> Achievement:
    made = make_achievement(cast.university, cast.university_member, state="published", **values)
    engine.refresh("achievements", [made.code])
    return made


def table(response: Any) -> list[list[str]]:
    data = b"".join(response.streaming_content)
    if "csv" in response["Content-Type"]:
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    rows = page.iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def get(client: Client, name: str, **params: Any) -> list[list[str]]:
    response = client.get(reverse(name), params)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return table(response)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_public_export_has_no_contact_and_nothing_confidential(
    cast: Cast, client: Client, kind: str
) -> None:
    publish(
        cast,
        confidential=CANARY,
        contact_name=CANARY,
        contact_phone="0539-7777777",
        contact_email="canary-7f3e@example.com",
    )
    head, row = get(client, "achievements:export", format=kind)
    text = "\n".join(row)
    assert len(head) == len(COLUMNS) - 4
    assert "矫顽力 Hcj|≥|21|kOe|GB/T 3217|第三方检测" in text
    for secret in (CANARY, "canary-7f3e", "7777777"):
        assert secret not in text


def test_filters_choose_the_rows(cast: Cast, client: Client) -> None:
    publish(cast, title="磁片", trl=8)
    publish(cast, title="胶黏剂", trl=4, industry="wood")
    rows = get(client, "achievements:export", trl="4", format="csv")
    assert [row[1] for row in rows[1:]] == ["胶黏剂"]
    rows = get(client, "achievements:export", industry="materials", format="csv")
    assert [row[1] for row in rows[1:]] == ["磁片"]
    assert len(get(client, "achievements:export", q="没有这个词", format="csv")) == 1


def test_formulas_are_defused(cast: Cast, client: Client) -> None:
    publish(cast, title="=cmd|'/c calc'!A0", summary="+1+1", scenario="@SUM(A1)")
    for kind in ("xlsx", "csv"):
        _head, row = get(client, "achievements:export", format=kind)
        assert not [cell for cell in row if cell.startswith(("=", "+", "@", "-"))]


def test_only_two_formats(client: Client) -> None:
    assert client.get(reverse("achievements:export"), {"format": "exe"}).status_code == 400


def test_exports_are_limited(client: Client) -> None:
    codes = [client.get(reverse("needs:export")).status_code for _ in range(31)]
    assert codes[-2:] == [200, 429]


def test_own_export_holds_own_rows_with_the_contact(cast: Cast, client: Client) -> None:
    make_achievement(cast.university, cast.university_member, title="自己的草稿")
    make_achievement(cast.enterprise, cast.member, title="别人的草稿")
    client.force_login(cast.university_member)
    rows = get(client, "achievements:export_own", format="csv")
    assert [row[1] for row in rows[1:]] == ["自己的草稿"]
    assert "周允衡" in rows[1]
    assert get(client, "achievements:export_own", status="published", format="csv")[1:] == []


def test_own_export_asks_for_sign_in(client: Client) -> None:
    assert client.get(reverse("achievements:export_own")).status_code == 302


@pytest.mark.parametrize("count", [1, 30])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        make_achievement(cast.university, cast.university_member, title=f"草稿 {number}")
    client.force_login(cast.university_member)
    client.get(reverse("achievements:export_own"))
    with django_assert_max_num_queries(20):
        assert len(get(client, "achievements:export_own")) == count + 1


def test_an_export_comes_back_as_what_is_known(cast: Cast, client: Client) -> None:
    make_achievement(cast.university, cast.university_member)
    client.force_login(cast.university_member)
    response = client.get(reverse("achievements:export_own"), {"format": "xlsx"})
    batch = upload(cast.university, cast.university_member, b"".join(response.streaming_content))
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.counts["duplicate"], batch.counts["ignored"]) == (1, []), batch.problems


def test_an_export_of_one_is_an_import_of_another(cast: Cast, client: Client) -> None:
    old = make_achievement(cast.university, cast.university_member)
    client.force_login(cast.university_member)
    response = client.get(reverse("achievements:export_own"), {"format": "xlsx"})
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    book.worksheets[0]["A2"].value = None
    buffer = io.BytesIO()
    book.save(buffer)
    batch = upload(cast.enterprise, cast.member, buffer.getvalue())
    jobs.run_open()
    batch.refresh_from_db()
    assert batch.problems == []
    services.confirm_import(batch, actor=cast.member, mode="all")
    jobs.run_open()
    new = Achievement.objects.get(owner=cast.enterprise)
    names = "title summary description innovation industry field trl cooperation pricing_mode"
    for name in [*names.split(), "price_min", "price_max", "has_sample", "contact_phone"]:
        assert getattr(new, name) == getattr(old, name), name
    for related in ("indicators", "patents", "owners", "inventors"):
        texts = [[str(row) for row in getattr(made, related).all()] for made in (old, new)]
        assert texts[0] == texts[1]
    assert [row.offer for row in new.indicators.all()] == ["≥ 21 kOe", "480–500℃"]


def test_needs_are_exported_without_a_hidden_owner(cast: Cast, client: Client) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", hide_owner=True)
    engine.refresh("needs", [need.code])
    _head, row = get(client, "needs:export", format="csv")
    assert need.code in row
    text = "\n".join(row)
    assert "甲醛释放量|0.09|≤|0.05|mg/m³" in text
    for secret in (cast.enterprise.name, "13800138000", "林屿", "不得外传"):
        assert secret not in text
    client.force_login(cast.member)
    own = get(client, "needs:export_own", format="csv")
    assert "林屿" in own[1]
