"""Pages of enquiries: as many queries for one row as for thirty, and what staff read in them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.enquiries import queries, rulebook, services
from marketplace.enquiries.models import Enquiry, Lead
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def more_leads(cast: Cast, number: int) -> None:
    """A lead that waits, and one that the broker has taken."""
    for part in ("可领取", "已领取"):
        listing = make_achievement(
            cast.enterprise, cast.member, title=f"{part}{number}", state="published"
        )
        enquiry = make_enquiry(listing, cast.university, cast.university_member, pool_consent=True)
        Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now() - timedelta(minutes=1))
        services.tell_waiting()
        if part == "已领取":
            services.take_lead(Lead.objects.get(enquiry=enquiry), actor=cast.broker)


def more_of_a_county(cast: Cast, number: int) -> None:
    """A silent owner, a need never visited, an intent without a contract, a logged contact: each of its own firm."""
    firm = OrganizationFactory(name=f"第{number}木业有限公司")
    boss = make_member(firm, "approver")
    need = make_need(firm, boss, title=f"需求{number}", state="published")
    late = make_enquiry(need, cast.university, cast.university_member)
    Enquiry.objects.filter(pk=late.pk).update(answer_due_at=clock.now() - timedelta(hours=1))
    offer = make_achievement(firm, boss, title=f"成果{number}", state="published")
    asked = make_enquiry(offer, cast.university, cast.university_member)
    values = {
        "contract_kind": "license",
        "subject": "许可",
        "checks": {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS},
    }
    intent = services.propose_intent(asked, values, actor=boss)
    services.accept_intent(intent, actor=cast.university_admin)
    services.agree_enquiry(asked.pk, because=object())  # type: ignore[arg-type]
    services.log_contact(
        firm, form="call", day=clock.today(), text="来电", actor=cast.registrar_city
    )


def more_of_an_inbox(cast: Cast, number: int) -> None:
    """Enquiries that the enterprise has asked and has to answer."""
    need = make_need(cast.enterprise, cast.member, title=f"难题{number}", state="published")
    make_enquiry(need, cast.university, cast.university_member)
    offer = make_achievement(
        cast.university, cast.university_member, title=f"技术{number}", state="published"
    )
    make_enquiry(offer, cast.enterprise, cast.member)


def more_holds(cast: Cast, number: int) -> None:
    """An enquiry that is held."""
    need = make_need(cast.enterprise, cast.member, title=f"争议{number}", state="published")
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    services.hold_enquiry(enquiry, reason="有争议", actor=cast.operator)


@pytest.mark.parametrize(
    ("page", "role", "more"),
    [
        ("enquiries:leads", "broker", more_leads),
        ("enquiries:county", "registrar_city", more_of_a_county),
        ("enquiries:contacts", "registrar_city", more_of_a_county),
        ("enquiries:inbox", "member", more_of_an_inbox),
        ("enquiries:inbox", "operator", more_of_an_inbox),
        ("enquiries:keeping", "operator", more_holds),
    ],
)
def test_pages_ask_as_much_for_one_row_as_for_thirty(
    cast: Cast,
    django_assert_max_num_queries: Any,
    page: str,
    role: str,
    more: Callable[[Cast, int], None],
) -> None:
    client, counts, number = signed_in(cast[role]), [], 0
    for many in (1, 29):
        for _time in range(many):
            number += 1
            more(cast, number)
        client.get(reverse(page))
        with django_assert_max_num_queries(80) as counted:
            assert client.get(reverse(page)).status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1], counts


def test_staff_read_all_and_pick_what_is_left_for_the_platform(cast: Cast) -> None:
    more_of_an_inbox(cast, 1)
    left = Enquiry.objects.order_by("pk").first()
    assert left is not None
    Enquiry.objects.filter(pk=left.pk).update(for_operator="same_party")
    client, address = signed_in(cast.operator), reverse("enquiries:inbox")
    text = client.get(address).content.decode()
    assert "平台上全部单位的咨询" in text
    assert "等我方答复" not in text
    assert [row.pk for row in client.get(f"{address}?turn=platform").context["page"]] == [left.pk]
    assert len(client.get(f"{address}?turn=mine").context["page"]) == 2
    own = signed_in(cast.member).get(address).content.decode()
    assert ("本单位提出和收到的咨询" in own, "等我方答复" in own) == (True, True)


def test_a_visitor_is_told_who_handles_the_data_and_how_to_reach_it(
    cast: Cast, settings: Any
) -> None:
    settings.FOOTER_OPERATOR, settings.FOOTER_EMAIL = (
        "临沂市技术市场服务中心",
        "privacy@market.example",
    )
    settings.FOOTER_PHONE = "0539-0000000"
    need = make_need(cast.enterprise, cast.member, state="published")
    page = Client().get(reverse("enquiries:ask_visitor", args=["needs", need.code]))
    text = page.content.decode()
    notice = text[text.index("处理者") : text.index("保存什么")]
    for part in ("临沂市技术市场服务中心", "privacy@market.example", "0539-0000000"):
        assert part in notice


def test_a_taken_lead_waits_in_sight_of_its_broker(cast: Cast) -> None:
    more_leads(cast, 1)
    [taken] = queries.leads_awaiting_consent(cast.broker)
    assert list(queries.leads_awaiting_consent(cast.member)) == []
    services.confirm_broker(taken, broker_id=cast.broker.pk, actor=cast.university_member)
    assert list(queries.leads_awaiting_consent(cast.broker)) == []
