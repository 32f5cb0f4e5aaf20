"""Every page of enquiries in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

import pytest
from playwright.sync_api import Browser, Page

from marketplace.enquiries import services
from marketplace.enquiries.models import Enquiry, Lead, RecordKind, VisitorLink
from marketplace.enquiries.rulebook import CHECKS
from marketplace.kernel import clock
from marketplace.parties.queries import hash_of
from tests.browser import CUT_OFF, RUN_AXE, TAGS, TOO_WIDE, faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.achievements import make_achievement
from tests.factories.enquiries import make_enquiry, make_visitor_enquiry
from tests.factories.needs import make_need

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]
TOKEN = "k" * 43
LONG = "WF-2026-MUF/低甲醛胶黏剂配方与热压工艺参数对照表第三版修订稿"


def pages() -> tuple[Cast, dict[str, list[str]]]:
    """Who reads which pages."""
    cast = make_cast()
    need = make_need(cast.enterprise, cast.member, title="人造板胶黏剂降醛", state="published")
    other = make_achievement(
        cast.enterprise, cast.member, title="智能热压控制系统", state="published"
    )
    talk = make_enquiry(
        need, cast.university, cast.university_member, state="talking", owner=cast.member
    )
    second = make_enquiry(other, cast.university, cast.university_member, text=LONG)
    due = clock.today() + timedelta(days=3)
    step = services.add_step(talk, what=LONG, side="owner", due=due, actor=cast.member)
    services.add_note(talk, text="现场看样，答应补充检测报告。", is_shared=True, actor=cast.member)
    services.ask_whether_they_met(talk, occasion="answer", at=clock.now() - timedelta(days=11))
    services.ask_due_questions()
    intent = services.propose_intent(
        talk,
        {
            "contract_kind": "development",
            "subject": "共同开发低甲醛胶黏剂",
            "checks": {code: {"answer": "pending", "note": LONG} for code in CHECKS},
            "milestones": [{"what": LONG, "due": due, "share": 30}],
        },
        actor=cast.approver,
    )
    logged = services.log_contact(
        cast.enterprise, form="visit", day=clock.today(), text=LONG, actor=cast.registrar_city
    )
    logged.token_hash = hash_of(TOKEN)
    logged.save()
    services.hold_enquiry(second, reason="双方对保密范围有争议", actor=cast.operator)
    services.close(second, reason="price", note=LONG, actor=cast.member)
    leads = [_lead(cast, title) for title in ("线索甲", "线索乙", "线索丙")]
    taken = services.take_lead(leads[0], actor=cast.broker)
    confirmed = services.take_lead(leads[1], actor=cast.broker)
    services.confirm_broker(confirmed, broker_id=cast.broker.pk, actor=cast.university_member)
    show = reverse("enquiries:show", args=[talk.code])
    return cast, {
        "visitor": [
            reverse("enquiries:kept"),
            reverse("enquiries:ask_visitor", args=["needs", need.code]),
            reverse("enquiries:contact_link", args=[TOKEN]),
        ],
        "outsider": [reverse("enquiries:ask", args=["needs", need.code])],
        "university_member": [
            reverse("enquiries:inbox"),
            show,
            reverse("enquiries:join", args=[talk.code]),
            reverse("enquiries:show", args=[taken.enquiry.code]),
        ],
        "member": [
            show,
            reverse("enquiries:show", args=[second.code]),
            reverse("enquiries:step_new", args=[talk.code]),
            reverse("enquiries:step", args=[step.code]),
            reverse("enquiries:note", args=[talk.code]),
            reverse("enquiries:close", args=[talk.code]),
            reverse("enquiries:contact", args=[logged.code]),
            reverse("enquiries:feedback", args=["achievements", other.code]),
        ],
        "approver": [
            reverse("enquiries:intent_new", args=[leads[2].enquiry.code]),
            reverse("enquiries:intent", args=[intent.code]),
        ],
        "university_admin": [reverse("enquiries:intent", args=[intent.code])],
        "broker": [
            reverse("enquiries:leads"),
            reverse("enquiries:lead", args=[taken.code]),
            reverse("enquiries:lead", args=[confirmed.code]),
            reverse("enquiries:lead", args=[leads[2].code]),
        ],
        "registrar_city": [
            reverse("enquiries:county"),
            reverse("enquiries:contacts"),
            reverse("enquiries:contact", args=[logged.code]),
            reverse("enquiries:contact_new", args=[cast.enterprise.code]),
        ],
        "operator": [
            reverse("enquiries:inbox"),
            reverse("enquiries:keeping"),
            reverse("enquiries:period", args=[RecordKind.objects.first().code]),  # type: ignore[union-attr]
        ],
    }


def _lead(cast: Cast, title: str) -> Lead:
    listing = make_achievement(cast.enterprise, cast.member, title=title, state="published")
    enquiry = make_enquiry(listing, cast.university, cast.university_member, pool_consent=True)
    Enquiry.objects.filter(pk=enquiry.pk).update(tell_at=clock.now() - timedelta(minutes=1))
    services.tell_waiting()
    return Lead.objects.get(enquiry=enquiry)


def now_faults(page: Page) -> list[str]:
    """The same as `faults`, of the page that is open: one that a form has led to."""
    from tests.browser import AXE

    page.evaluate(AXE)
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found += [
            f"{page.url} {one['id']}: {one['nodes'][0]['html'][:160]}"
            for one in page.evaluate(RUN_AXE, TAGS)["violations"]
        ]
        found += [f"{page.url} cut off: {html}" for html in page.evaluate(CUT_OFF)]
        if (pixels := page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{page.url} {pixels} px wider than {width}")
    return found


def as_visitor(page: Page, cast: Cast) -> list[str]:
    """The pages that only a form leads to: the code, the link, the visitor's own page."""
    listing = make_achievement(
        cast.enterprise, cast.member, title="访客咨询的成果", state="published"
    )
    page.goto(reverse("enquiries:ask_visitor", args=["achievements", listing.code]))
    page.fill("[name=name]", "卫访客")
    page.fill("[name=organization]", "费县卫家木业")
    page.fill("[name=contact]", "visitor@example.com")
    page.fill("[name=text]", LONG)
    page.check("[name=consent]")
    page.click("main form button[type=submit]")
    page.wait_for_selector("[name=code]")
    found = now_faults(page)

    enquiry = make_visitor_enquiry(listing, contact="second@example.com", text=LONG)
    link = VisitorLink.objects.filter(enquiry=enquiry).latest("pk")
    link.token_hash = hash_of(TOKEN)
    link.save()
    address = reverse("enquiries:by_link", args=[TOKEN])
    found += faults(page, address)
    page.goto(address)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/enquiries/visit/")
    return found + now_faults(page)


def test_pages_are_clean(
    chromium: Browser, live_server: Any, settings: Any, own_index: object
) -> None:
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    ensure_tree()
    cast, by_role = pages()
    wrong = []
    for role, addresses in by_role.items():
        with window(chromium, live_server, None if role == "visitor" else cast[role]) as page:
            for address in addresses:
                wrong += faults(page, address)
    with window(chromium, live_server) as page:
        wrong += as_visitor(page, cast)
    assert wrong == []
