"""Pages of organisations: entering one, its profile, the directory and its contact."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.parties import services
from marketplace.parties.models import Organization, Verification
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.parties import (
    OrganizationFactory,
    UserFactory,
    make_member,
    organization_data,
)
from tests.filled import post_seen

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def test_enter_an_organisation(as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(UserFactory())
    response = client.post(reverse("parties:organization_new"), organization_data())
    org = Organization.objects.get()
    assert response["Location"] == reverse("parties:verification", args=[org.code])
    assert "单位已登记" in client.get(response["Location"]).text


def test_bad_code_is_told_at_the_field_and_all_is_kept(as_: As) -> None:
    taxonomy.load_seeds()
    data = organization_data(uscc="9137130OMA3YX00970")
    page = as_(UserFactory()).post(reverse("parties:organization_new"), data)
    assert page.status_code == 400
    assert "第 8 位是“O”" in page.text
    assert 'value="9137130OMA3YX00970"' in page.text
    assert 'value="临沂新材料有限公司"' in page.text


def test_known_code_leads_to_a_claim(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(name="待认领单位")
    client = as_(UserFactory())
    url = reverse("parties:organization_new")
    page = client.post(url, {"uscc": org.uscc.lower()})
    assert page.status_code == 200
    assert "认领这个单位" in page.text
    response = client.post(url, {"uscc": org.uscc, "claim": "1"})
    assert response["Location"] == reverse("parties:verification", args=[org.code])
    assert Verification.objects.get().is_claim
    assert client.get(response["Location"]).status_code == 200
    assert client.get(reverse("parties:manage", args=[org.code])).status_code == 404
    page = client.post(url, {"uscc": cast.enterprise.uscc})
    assert "该单位已有管理员" in page.text
    assert client.post(url, {"uscc": cast.enterprise.uscc, "claim": "1"}).status_code == 409


def test_person_without_confirmed_contact_enters_nothing(as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(UserFactory(email_verified_at=None))
    assert client.post(reverse("parties:organization_new"), organization_data()).status_code == 403
    assert not Organization.objects.exists()


def edit_data(**changes: str) -> dict[str, str]:
    return {
        "rev": "1",
        "district": "371311",
        "summary": "磁性材料",
        "contact_phone": "0539-8100000",
        "honors": "甲\n\n乙 ",
    } | changes


def test_edit_the_profile(cast: Cast, as_: As) -> None:
    taxonomy.load_seeds()
    client = as_(cast.org_admin)
    url = reverse("parties:organization_edit", args=[cast.enterprise.code])
    response = client.post(url, edit_data(status="draft", is_sample="on", name="冒名", uscc="x"))
    assert response.status_code == 302
    org = Organization.objects.get(pk=cast.enterprise.pk)
    assert (org.district, org.honors, org.name) == ("371311", ["甲", "乙"], "沂蒙磁材有限公司")
    assert (org.status, org.is_sample) == ("verified", False)
    # The same once more is a second click; anything else is a colleague's who saw the old profile.
    assert client.post(url, edit_data()).status_code == 302
    page = client.post(url, edit_data(summary="另一段"))
    assert page.status_code == 409
    assert [(row.label, row.before, row.after) for row in page.context["conflict"]] == [
        ("单位简介", "磁性材料", "另一段")
    ]
    assert "另一段</textarea>" in page.text
    assert post_seen(client, url, edit_data(summary="另一段")).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "data:text/html,x"),
        ("website", "ftp://example.com"),
        ("district", "999999"),
        ("contact_phone", "call me"),
        ("contact_email", "x"),
        ("summary", "x" * 501),
        ("name_en", "x" * 1_000_000),
        ("scale", "giant"),
    ],
)
def test_bad_profile_is_told_at_the_field(cast: Cast, as_: As, field: str, value: str) -> None:
    taxonomy.load_seeds()
    url = reverse("parties:organization_edit", args=[cast.enterprise.code])
    page = as_(cast.org_admin).post(url, edit_data(**{field: value}))
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert "磁性材料" in page.text or field == "summary"


def test_markup_in_a_profile_is_text(cast: Cast, client: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    Organization.objects.filter(pk=cast.enterprise.pk).update(
        name=hostile, summary=hostile, honors=[hostile], address=hostile
    )
    for url in (
        reverse("parties:organization", args=[cast.enterprise.code]),
        reverse("parties:organizations"),
    ):
        assert "<img src=x" not in client.get(url).text


def test_directory_is_searched_and_narrowed(client: Client, own_index: Path) -> None:
    taxonomy.load_seeds()
    OrganizationFactory(name="沂蒙磁材有限公司")
    OrganizationFactory(name="沂州理工大学", kind="university", district="371311")
    OrganizationFactory(name="未认证磁材公司", status="draft")
    url = reverse("parties:organizations")

    def names(query: str) -> list[str]:
        page = client.get(f"{url}{query}")
        assert page.status_code == 200
        return [org.name for org in page.context["page"].object_list]

    assert names("") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=磁材") == ["沂蒙磁材有限公司"]
    assert names("?q=沂蒙+有限") == ["沂蒙磁材有限公司"]
    assert names("?kind=university") == ["沂州理工大学"]
    assert names("?district=371302&district=371311") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?kind=nonsense&district=%00") == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=%25") == []
    assert names("?q=%00&page=" + "9" * 40) == ["沂州理工大学", "沂蒙磁材有限公司"]
    assert names("?q=" + "x" * 5000) == []


def test_contact_is_shown_to_people_who_signed_in(cast: Cast, client: Client, as_: As) -> None:
    Organization.objects.filter(pk=cast.enterprise.pk).update(
        contact_name="周经理", contact_phone="0539-8100000", contact_email="zhou@example.com"
    )
    url = reverse("parties:organization", args=[cast.enterprise.code])
    for secret in ("周经理", "0539-8100000", "zhou@example.com"):
        assert secret not in client.get(url).text
        assert secret in as_(cast.outsider).get(url).text


@pytest.mark.parametrize(
    "name", ["parties:organizations", "parties:members", "parties:verification_queue"]
)
def test_lists_cost_the_same_for_one_and_thirty(cast: Cast, as_: As, name: str) -> None:
    taxonomy.load_seeds()
    counts = []
    for rows in (1, 30):
        org = OrganizationFactory()
        reader = make_member(org, "org_admin")
        for _ in range(rows):
            OrganizationFactory()
            make_member(org)
            Verification.objects.create(
                organization=OrganizationFactory(status="pending"),
                applicant=UserFactory(),
                status="pending",
                submitted_at=clock.now(),
            )
            services.invite_member(
                org, role="member", actor=reader, email=f"i{rows}{_}@example.com"
            )
        client = as_(cast.registrar_city if name.endswith("queue") else reader)
        url = reverse(name, args=[org.code] if name.endswith("members") else [])
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
