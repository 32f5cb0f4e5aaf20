"""Every page of mandates, introductions and the desk in Chromium at 1280 and 320 px: axe finds nothing."""

from typing import Any
from urllib.parse import quote

from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.brokerage.models import Pursuit
from marketplace.brokerage.services import commissions, desk, requests
from marketplace.kernel import clock
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.brokerage import make_broker
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import answer, make_introduction, make_mandate
from tests.factories.needs import make_need

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


def pages() -> tuple[Cast, dict[str, list[str]]]:
    """Who reads which pages."""
    cast = make_cast()
    broker = make_broker(cast.broker)
    need = make_need(cast.enterprise, cast.member, title="人造板胶黏剂降醛", state="published")
    mandate = make_mandate(broker, cast.enterprise, cast.approver, listing=need)
    waiting = make_mandate(
        make_broker(), cast.enterprise, cast.approver, listing=need, state="proposed"
    )
    fee = commissions.add_commission(
        mandate, amount_fen=3_000_000, due_on=clock.today(), actor=broker.user
    )
    claim = make_introduction(broker, cast.enterprise, cast.university, need)
    answer(claim, cast.university, cast.university_admin, "disputed")
    enquiry = make_enquiry(need, cast.university, cast.university_member)
    Pursuit.objects.create(broker=broker, enquiry=enquiry, stage="contact")
    desk.add_task(broker, title="约企业看样", due_on=clock.today(), actor=broker.user)
    requests.write_to_broker(
        broker,
        text="想了解如何委托寻找降醛工艺",
        reply_by="email",
        consent=True,
        actor=cast.university_member,
    )
    board = reverse("brokerage:pipeline")
    return cast, {
        "broker": [
            reverse("brokerage:desk"),
            board,
            f"{board}?show=list",
            reverse("brokerage:tasks"),
            reverse("brokerage:mandates"),
            reverse("brokerage:mandate", args=[mandate.code]),
            reverse("brokerage:mandate_amend", args=[mandate.code]),
            reverse("brokerage:propose_for", args=["needs", need.code]),
            reverse("brokerage:commission_add", args=[mandate.code]),
            reverse("brokerage:commission", args=[fee.code]),
            reverse("brokerage:introductions"),
            reverse("brokerage:introduce_meeting"),
            reverse("brokerage:introduce_meeting") + f"?q={quote('降醛')}",
            reverse("brokerage:requests"),
            reverse("enquiries:show", args=[enquiry.code]),
        ],
        "approver": [
            reverse("brokerage:mandate", args=[waiting.code]),
            reverse("brokerage:introduction", args=[claim.code]),
            reverse("brokerage:propose_to", args=[broker.code]),
            reverse("brokerage:write", args=[broker.code]),
        ],
        "operator": [reverse("brokerage:introduction_rule", args=[claim.code])],
    }


def test_pages_are_clean(
    chromium: Browser, live_server: Any, settings: Any, own_index: object
) -> None:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    cast, by_role = pages()
    wrong = []
    for role, addresses in by_role.items():
        with window(chromium, live_server, cast[role]) as page:
            for address in addresses:
                wrong += faults(page, address)
    assert wrong == []
