"""Pages of verification: the dossier, its documents, the registrar's queue, suspension."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.parties.models import Organization, Verification
from marketplace.taxonomy import services as taxonomy
from tests.cast import Cast
from tests.factories.files import pdf_bytes, upload
from tests.factories.parties import (
    OrganizationFactory,
    UserFactory,
    make_member,
    organization_data,
)
from tests.filled import post_seen

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def test_whole_way_to_verified(cast: Cast, as_: As) -> None:
    taxonomy.load_seeds()
    person = UserFactory()
    client = as_(person)
    url = client.post(reverse("parties:organization_new"), organization_data())["Location"]
    page = post_seen(client, url, {"note": "更名前为甲公司", "submit": "1"})
    assert page.status_code == 400
    assert "请上传营业执照等主体证照" in page.text
    assert "更名前为甲公司" in page.text
    data = {"note": "更名前为甲公司", "documents": [upload(pdf_bytes(), "执照.pdf")], "submit": "1"}
    assert post_seen(client, url, data).status_code == 302
    page = client.get(url)
    assert "执照.pdf" in page.text
    assert 'type="file"' not in page.text
    assert client.post(url, {"note": "x"}).status_code == 409

    registrar = as_(cast.registrar_county)
    assert "临沂新材料有限公司" in registrar.get(reverse("parties:verification_queue")).text
    dossier = Verification.objects.get()
    review = reverse("parties:verification_review", args=[dossier.code])
    assert "执照.pdf" in registrar.get(review).text
    page = post_seen(registrar, review, {"return": "1", "remark": "看不清"})
    assert page.status_code == 400
    assert "看不清" in page.text
    response = post_seen(
        registrar, review, {"return": "1", "reasons": ["unreadable"], "remark": "看不清"}
    )
    assert response["Location"] == reverse("parties:verification_queue")

    page = client.get(url)
    assert "证照不清晰或不完整" in page.text
    assert "看不清" in page.text
    assert "更名前为甲公司" in page.text
    assert "执照.pdf" in page.text
    assert post_seen(client, url, {"note": "更名前为甲公司", "submit": "1"}).status_code == 302
    post_seen(registrar, review, {"verify": "1"})
    org = Organization.objects.get(pk=dossier.organization_id)
    assert org.status == "verified"
    assert org.name in Client().get(reverse("parties:organizations")).text
    assert registrar.post(review, {"verify": "1"}).status_code == 409


def test_documents_are_removed_by_button(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(status="draft")
    person = make_member(org, "org_admin")
    dossier = Verification.objects.create(organization=org, applicant=person)
    client = as_(person)
    url = reverse("parties:verification", args=[org.code])
    post_seen(client, url, {"documents": [upload(pdf_bytes(), "错.pdf")], "save": "1"})
    page = client.get(url)
    code = re.search(r'name="remove_file"\s+value="([^"]+)"', page.text)[1]
    post_seen(client, url, {"remove_file": code, "note": ""})
    assert "错.pdf" not in client.get(url).text
    assert dossier.status == "draft"


def test_bad_upload_is_told_and_the_note_is_kept(cast: Cast, as_: As) -> None:
    org = OrganizationFactory(status="draft")
    person = make_member(org, "org_admin")
    Verification.objects.create(organization=org, applicant=person)
    url = reverse("parties:verification", args=[org.code])
    for data, name in ((b"MZ", "a.exe"), (b"<html>", "a.pdf"), (b"", "a.pdf")):
        page = post_seen(
            as_(person), url, {"documents": [upload(data, name)], "note": "说明一段", "submit": "1"}
        )
        assert page.status_code == 400
        assert "说明一段" in page.text
    assert Verification.objects.get().status == "draft"


@pytest.mark.parametrize("role", ["member", "org_admin", "editor", "security_admin", "expert"])
def test_queue_is_for_registrars(cast: Cast, as_: As, role: str) -> None:
    dossier = Verification.objects.create(
        organization=OrganizationFactory(status="draft"), applicant=cast.outsider
    )
    client = as_(cast[role])
    assert client.get(reverse("parties:verification_queue")).status_code == 403
    review = reverse("parties:verification_review", args=[dossier.code])
    assert client.get(review).status_code == 404
    assert client.post(review, {"verify": "1"}).status_code == 404
    dossier.refresh_from_db()
    assert dossier.status == "draft"


def test_suspend_by_page(cast: Cast, as_: As, client: Client) -> None:
    operator = as_(cast.operator)
    url = reverse("parties:suspend", args=[cast.enterprise.code])
    assert post_seen(operator, url, {"suspend": "1", "remark": ""}).status_code == 400
    assert post_seen(operator, url, {"suspend": "1", "remark": "造假"}).status_code == 302
    public = reverse("parties:organization", args=[cast.enterprise.code])
    assert client.get(public).status_code == 404
    assert as_(cast.member).get(public).status_code == 200
    assert post_seen(operator, url, {"restore": "1"}).status_code == 302
    assert client.get(public).status_code == 200


def test_too_many_uploads_keep_the_note(
    cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    taxonomy.load_seeds()
    monkeypatch.setattr("marketplace.parties.views.dossiers.UPLOADS", "1/h")
    client = as_(UserFactory())
    url = client.post(reverse("parties:organization_new"), organization_data())["Location"]
    for number, status in enumerate((302, 429)):
        data = {"note": f"说明{number}", "documents": [upload(pdf_bytes(), "a.pdf")]}
        page = post_seen(client, url, data)
        assert page.status_code == status
    assert "操作过于频繁" in page.text
    assert "说明1" in page.text
    assert Verification.objects.get().note == "说明1"


def test_a_registrar_does_not_verify_papers_they_never_saw(cast: Cast, as_: As) -> None:
    """Another registrar returned it and the applicant handed in other papers, while the page stood."""
    org = OrganizationFactory(status="draft")
    person = make_member(org, "org_admin")
    Verification.objects.create(organization=org, applicant=person)
    mine, url = as_(person), reverse("parties:verification", args=[org.code])
    first = {"note": "旧说明", "documents": [upload(pdf_bytes(), "旧执照.pdf")], "submit": "1"}
    assert post_seen(mine, url, first).status_code == 302
    dossier = Verification.objects.get()
    review = reverse("parties:verification_review", args=[dossier.code])
    registrar, other = as_(cast.registrar_county), as_(cast.registrar_city)
    seen = {"verify": "1", "rev": str(dossier.rev)}
    assert f'name="rev" value="{dossier.rev}"' in registrar.get(review).text

    done = post_seen(other, review, {"return": "1", "reasons": ["unreadable"], "remark": "看不清"})
    assert done.status_code == 302
    again = {"note": "新说明", "documents": [upload(pdf_bytes(), "新执照.pdf")], "submit": "1"}
    assert post_seen(mine, url, again).status_code == 302

    refused = registrar.post(review, seen)
    assert refused.status_code == 409
    found = {str(row.label): (row.before, row.after) for row in refused.context["changed"]}
    assert found == {
        "补充说明": ("旧说明", "新说明"),
        "添加材料": ("旧执照.pdf", "旧执照.pdf、新执照.pdf"),
    }
    dossier.refresh_from_db()
    assert dossier.status == "pending"
    page = registrar.get(review)
    assert [str(row.label) for row in page.context["resubmitted"]] == ["添加材料", "补充说明"]
    assert "证照不清晰或不完整" in page.text
    assert "看不清" in page.text
    assert post_seen(registrar, review, {"verify": "1"}).status_code == 302
