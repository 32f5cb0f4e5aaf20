"""One error summary a page: first, with a link to each field that is wrong."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import pytest
from bs4 import BeautifulSoup

from marketplace.achievements.kind import KIND as ACHIEVEMENT
from marketplace.needs.kind import KIND as NEED
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.needs import make_need
from tests.filled import opened, sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _code_lists(db: None) -> None:
    taxonomy.load_seeds()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def check(answer: Any, least: int) -> None:
    """One summary, before every field, whose links lead to what is wrong."""
    assert answer.status_code == 400
    main = BeautifulSoup(answer.text, "html.parser").find("main")
    for blank in main.find_all("template"):
        blank.decompose()
    summaries = main.select(".c-errors")
    assert len(summaries) == 1, [part.get_text(" ", strip=True) for part in summaries]
    summary = summaries[0]
    # The script gives it the focus; without one it is an alert that is read out.
    assert (summary["role"], summary["tabindex"]) == ("alert", "-1")
    assert summary.has_attr("data-errors")
    assert main.select("h1")[0] in summary.find_all_previous("h1")
    for part in summary.find_all_previous(["input", "select", "textarea"]):
        assert part.find_parent("main") is None or part.get("type") == "hidden", part
    items = summary.find_all("li")
    assert len(items) >= least
    for item in items:
        link = item.find("a")
        assert link is not None, item
        assert main.find(id=link["href"].removeprefix("#")) is not None, link


def test_a_step_with_wrong_fields_and_wrong_rows(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    client = signed_in(cast.member)
    address = NEED.url("edit", need.code, "targets")
    sent = sent_by(opened(client, address, "budget_min")) | {
        "budget_min": ["许多"],
        "indicators-0-target": ["高"],
        "indicators-1-name": ["字" * 41],
    }
    check(client.post(address, sent), 3)


def test_a_step_with_three_tables_and_a_wrong_sum(cast: Cast) -> None:
    made = make_achievement(cast.enterprise, cast.member)
    client = signed_in(cast.member)
    address = ACHIEVEMENT.url("edit", made.code, "terms")
    form = opened(client, address, "contact_name")
    sums = sent_by(form) | {"owners-0-share": ["10"]}
    check(client.post(address, sums), 1)
    sent = sent_by(form) | {
        "contact_phone": ["12"],
        "patents-0-number": ["ZL1"],
        "owners-0-share": ["101"],
        "inventors-0-name": ["字" * 41],
    }
    check(client.post(address, sent), 4)


def test_a_step_with_a_file_that_is_refused(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    client = signed_in(cast.member)
    address = NEED.url("edit", need.code, "terms")
    sent = sent_by(opened(client, address, "contact_name"))
    file = SimpleUploadedFile("a.exe", b"MZ", content_type="application/octet-stream")
    answer = client.post(address, {**sent, "file": file, "upload": "1"})
    check(answer, 1)
    assert "其余填写的内容已保存" in answer.text


def test_first_step_for_an_organisation_that_is_not_ones_own(cast: Cast) -> None:
    client = signed_in(cast.member)
    sent = sent_by(opened(client, NEED.url("new"), "title"))
    check(client.post(NEED.url("new"), {**sent, "owner": "JG-none", "title": [""]}), 2)


def test_forms_of_organisations_and_people(cast: Cast) -> None:
    client = signed_in(cast.org_admin)
    address = reverse("parties:organization_edit", args=[cast.enterprise.code])
    sent = sent_by(opened(client, address, "website"))
    check(client.post(address, {**sent, "contact_phone": "1", "website": "x y"}), 2)
    check(client.post(reverse("parties:organization_new"), {"uscc": ""}), 4)
    check(client.post(reverse("parties:profile"), {"name": "", "language": "xx"}), 2)
    members = reverse("parties:members", args=[cast.enterprise.code])
    check(client.post(members, {"contact": "x", "role": "nobody"}), 2)
    address = reverse("achievements:import")
    check(Client().post(reverse("matching:describe"), {"problem": "短"}), 1)
    check(signed_in(cast.university_member).post(address, {"owner": ""}), 1)
