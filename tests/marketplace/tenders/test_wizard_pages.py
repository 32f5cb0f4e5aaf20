"""The pages on which a call is begun and drafted: what speaks against it is said where it is chosen."""

from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.tenders import services
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.needs import make_need
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def page_of(person: Any, name: str, *args: Any) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(reverse(name, args=args))


def test_the_button_of_a_need_leads_to_the_call_under_way(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.approver, state="published")
    begin = reverse("tenders:new", args=[need.code])
    assert begin in page_of(cast.approver, "needs:manage", need.code).content.decode()
    tender = make_tender(cast.enterprise, cast.approver, need=need, operator=cast.operator)
    page = page_of(cast.approver, "needs:manage", need.code).content.decode()
    assert begin not in page
    assert reverse("tenders:manage", args=[tender.code]) in page
    # A bookmark of the page says so at once, with the way there; there is nothing to fill in.
    begun = page_of(cast.approver, "tenders:new", need.code).text
    assert "这条需求已有一项征集" in begun
    assert reverse("tenders:manage", args=[tender.code]) in begun
    assert 'name="procedure"' not in begun
    Tender.objects.filter(pk=tender.pk).update(status="closed", closed_at=tender.deadline)
    waits = page_of(cast.approver, "tenders:new", need.code).text
    assert "上一轮的方案还没有开启" in waits
    assert 'name="procedure"' not in waits


def test_a_tender_under_the_law_is_warned_of_before_it_is_written(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.approver, state="published")
    began = page_of(cast.approver, "tenders:new", need.code).content.decode()
    assert began.count("平台尚未登记资格，暂时不能公告") == 1
    assert "接下来 5 个部分：内容、标段和指标、评审、时间、方案保密。" in began
    row = services.draft_tender(need, services.Beginning("tender", True), actor=cast.approver)
    step = ("tenders:edit", row.code, "content")
    warned = "平台尚未登记开展招标的资格，招标项目暂时不能公告。"
    assert warned in page_of(cast.approver, *step).content.decode()
    services.record_standing(body="省发展改革委", basis="示例文号", actor=cast.operator)
    assert warned not in page_of(cast.approver, *step).content.decode()
    assert "暂时不能公告" not in page_of(cast.approver, "tenders:new", need.code).content.decode()


def test_times_are_suggested_and_an_unknown_year_is_told_at_its_field(cast: Cast) -> None:
    # What is made public in December 2026 ends in 2027, whose holidays are not known.
    with clock.shift(datetime(2026, 12, 1, 4, 0, tzinfo=UTC) - clock.now()):
        need = make_need(cast.enterprise, cast.approver, state="published")
        row = services.draft_tender(
            need, services.Beginning("challenge", True), actor=cast.approver
        )
        client = Client()
        client.force_login(cast.approver)
        page = reverse("tenders:edit", args=[row.code, "schedule"])
        form = client.get(page).context["forms"]["form"]
        # 15 whole days and 5 for the review lead to 22 December, a Tuesday.
        assert form["deadline"].value() == date(2026, 12, 22)
        assert str(form["deadline_time"].value()) == "17:00:00"
        sent = {"deadline": "2026-12-22", "deadline_time": "17:00", "starts_time": "", "do": "next"}
        saved = client.post(page, {**sent, "rev": str(row.rev)})
        assert (saved.status_code, saved["Location"]) == (302, page)
        row.refresh_from_db()
        assert row.deadline == datetime(2026, 12, 22, 9, 0, tzinfo=UTC)
        told = client.get(page)
        assert told.context["forms"]["form"].errors["deadline"] == [
            "2027 年的节假日安排尚未录入，不能计算法定期限，请联系平台运营录入"
        ]
        assert 'value="2026-12-22"' in told.content.decode()
        assert 'value="17:00"' in told.content.decode()
