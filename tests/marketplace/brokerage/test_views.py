"""Pages of the register: nothing typed is lost, stale pages are refused with both versions."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker, Certificate
from marketplace.brokerage.services.entry import PORTRAIT
from marketplace.files.queries import attachments_of
from tests.cast import Cast
from tests.factories.brokerage import make_broker, make_certificate
from tests.factories.files import image_bytes, pdf_bytes, upload
from tests.factories.parties import UserFactory
from tests.filled import form_with, post_seen, sent_by

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def entry_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "李经纪",
        "employment": "independent",
        "declared": "on",
        "fields_": ["05"],
        "districts": ["371302"],
        "introduction": "从事磁性材料领域的技术转移八年，熟悉企业需求梳理和成果评估。",
        "consent_entry": "on",
        "trainings-TOTAL_FORMS": "1",
        "trainings-INITIAL_FORMS": "0",
        "trainings-0-year": "2026",
        "trainings-0-hours": "40",
        "trainings-0-organizer": "培训基地",
        **changes,
    }


def test_the_whole_way_into_the_register(cast: Cast, as_: As, own_index: object) -> None:
    person = UserFactory(name="李经纪")
    client = as_(person)
    own = reverse("brokerage:own")
    page = client.get(own)
    assert "不是从业许可" in page.text
    sent = sent_by(form_with(page.text, "form_key"))
    assert client.post(own, sent).status_code == 400
    edit = client.post(own, {**sent, "agree": "on"})["Location"]
    broker = Broker.objects.get()
    entry = reverse("brokerage:entry", args=[broker.code])
    assert "提交前还需补齐" in client.get(entry).text
    photo = upload(image_bytes(), "照片.jpg")
    answer = post_seen(client, edit, entry_form(portrait=photo, consent_portrait="on"))
    assert answer["Location"] == entry
    certificates = reverse("brokerage:certificate_new", args=[broker.code])
    data = {
        "scheme": "torch",
        "level": "middle",
        "number": "JJR-1",
        "issuer": "火炬中心",
        "valid_from": "2024-05-01",
        "scans": [upload(pdf_bytes(), "证书.pdf")],
        "form_key": "k" * 32,
    }
    assert client.post(certificates, data).status_code == 302
    assert "证书.pdf" not in client.get(reverse("brokerage:preview", args=[broker.code])).text
    assert post_seen(client, entry, {"move": "submit"}).status_code == 302

    registrar = as_(cast.registrar_county)
    assert "李经纪" in registrar.get(reverse("brokerage:register")).text
    review = reverse("brokerage:review", args=[broker.code])
    assert "证书.pdf" in registrar.get(review).text
    page = post_seen(registrar, review, {"move": "return", "remark": "看不清编号"})
    assert page.status_code == 400
    assert "看不清编号" in page.text
    assert post_seen(registrar, review, {"move": "enter"}).status_code == 302
    public = Client().get(reverse("brokerage:detail", args=[broker.code]))
    portrait = attachments_of(PORTRAIT, broker.pk)[0]
    assert portrait.url in public.text
    assert Client().get(portrait.url).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"employment": "civil_servant"}, "公务员法第五十九条"),
        ({"introduction": "长" * 20_000}, "最多 1500 个字"),
        ({"trainings-0-hours": "-1"}, "1"),
        ({"trainings-0-hours": "99999"}, "2000"),
        ({"trainings-0-year": "2099"}, "年度不能晚于今年"),
        ({"introduction": "手机 13905390001 联系"}, "请删去"),
        ({"districts": ["999999"]}, "请从列表中选择"),
        ({"phone": "12"}, "电话"),
    ],
)
def test_a_bad_entry_is_refused_at_the_field_and_nothing_typed_is_lost(
    cast: Cast, as_: As, changes: dict[str, Any], field: str
) -> None:
    broker = make_broker(cast.member, state="draft", introduction="旧的")
    client, url = as_(cast.member), reverse("brokerage:edit", args=[broker.code])
    page = post_seen(client, url, entry_form(unit="手写的单位", **changes))
    assert page.status_code == 400
    assert field in page.text
    assert "手写的单位" in page.text
    assert "培训基地" in page.text
    broker.refresh_from_db()
    assert broker.introduction == "旧的"


@pytest.mark.parametrize("name", ["同意.docx", "同意.exe", "照片.pdf"])
def test_a_file_that_is_no_scan_is_refused(cast: Cast, as_: As, name: str) -> None:
    broker = make_broker(cast.member, state="draft")
    client, url = as_(cast.member), reverse("brokerage:edit", args=[broker.code])
    field = "portrait" if name.startswith("照片") else "letters"
    page = post_seen(client, url, entry_form(**{field: upload(b"PK\x03\x04", name)}))
    assert page.status_code == 400
    assert "请上传" in page.text or "只接受" in page.text


def test_a_stale_entry_shows_both_versions_training_too(cast: Cast, as_: As) -> None:
    broker = make_broker(cast.member, state="draft")
    client, url = as_(cast.member), reverse("brokerage:edit", args=[broker.code])
    old = broker.rev
    assert post_seen(client, url, entry_form(unit="先保存的")).status_code == 302
    late = entry_form(unit="后填的", **{"trainings-0-hours": "12"})
    page = client.post(url, {**late, "rev": str(old)})
    assert page.status_code == 409
    for text in ("先保存的", "后填的", "2026 · 40 · 培训基地", "2026 · 12 · 培训基地"):
        assert text in page.text
    assert broker.trainings.get().hours == 40


def test_a_bad_certificate_is_refused_at_the_field(cast: Cast, as_: As) -> None:
    broker = make_broker(cast.member, state="draft")
    make_certificate(broker, number="JJR-1")
    client = as_(cast.member)
    url = reverse("brokerage:certificate_new", args=[broker.code])
    good = {
        "scheme": "torch",
        "level": "middle",
        "number": "JJR-2",
        "issuer": "火炬中心",
        "valid_from": "2024-05-01",
        "valid_until": "2029-04-30",
    }
    for change, said in (
        ({"valid_until": "2024-04-30"}, "不能早于发证日期"),
        ({"number": "JJR-1"}, "已经登记过"),
        ({"valid_from": "2099-01-01"}, "不能晚于今天"),
        ({"scheme": "other"}, "请填写证书名称"),
        ({"scans": upload(b"x", "证书.docx")}, "请上传 PDF 或图片"),
    ):
        page = client.post(url, {**good, **change})
        assert page.status_code == 400, change
        assert said in page.text
        assert "火炬中心" in page.text
    assert Certificate.objects.count() == 1


def test_the_approver_of_the_unit_agrees_on_line(cast: Cast, as_: As) -> None:
    broker = make_broker(
        cast.university_member,
        state="draft",
        employment="university",
        organization=cast.university,
    )
    client = as_(cast.university_admin)
    url = reverse("brokerage:consent", args=[broker.code])
    assert url in client.get(reverse("brokerage:own")).text
    assert "在线确认" in client.get(url).text
    assert "签署" not in client.get(url).text
    assert post_seen(client, url, {}).status_code == 302
    broker.refresh_from_db()
    assert broker.consented_by == cast.university_admin
    assert queries.missing_of(broker) == {}


def test_a_stale_review_shows_what_changed(cast: Cast, as_: As) -> None:
    from marketplace.brokerage import services

    broker = make_broker(cast.member, state="submitted")
    seen = broker.rev
    broker = services.decide(broker, "recall", actor=cast.member)
    services.save_entry(broker, {"introduction": "新的简介" * 10}, actor=cast.member)
    services.submit(broker, actor=cast.member)
    url = reverse("brokerage:review", args=[broker.code])
    page = as_(cast.registrar_city).post(url, {"move": "enter", "rev": str(seen)})
    assert page.status_code == 409
    assert "从事磁性材料" in page.text
    assert "新的简介" in page.text
    broker.refresh_from_db()
    assert broker.status == "submitted"


def test_the_api_makes_the_own_moves_and_names_them(cast: Cast, as_: As) -> None:
    broker = make_broker(cast.member, state="draft", introduction="")
    client = as_(cast.member)
    own = client.get("/api/v1/brokers/own/")
    assert own.json()["available_actions"] == ["submit"]
    assert set(own.json()["missing"]) == {"introduction"}
    send = {"content_type": "application/json"}
    path = "/api/v1/brokers/own/"
    assert client.post(path, {"action": "submit"}, **send).status_code == 428
    answer = client.post(path, {"action": "submit", "rev": broker.rev}, **send)
    assert answer.status_code == 400
    Broker.objects.update(introduction="从事磁性材料领域的技术转移八年，熟悉企业的需求。")
    stale = client.post(path, {"action": "submit"}, headers={"If-Match": '"99"'}, **send)
    assert (stale.status_code, stale.json()["present"]["rev"]) == (412, broker.rev)
    answer = client.post(path, {"action": "submit", "rev": broker.rev}, **send)
    assert answer.json()["status"] == "submitted"
    assert answer.json()["available_actions"] == ["recall"]
