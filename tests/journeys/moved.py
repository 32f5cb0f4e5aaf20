"""People in windows of Chromium while the clock moves, and the parts that every way to the counted yuan has.

The server runs in this process, so that the clock can be moved: to a deadline, to the end of a publicity, to the end
of the work. After each move the tasks of the clock run as the scheduler starts them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from marketplace.awards import tasks as awards
from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.evaluation import tasks as evaluation
from marketplace.kernel import clock
from marketplace.openings import tasks as openings
from marketplace.publicity import tasks as publicity
from marketplace.records.models import Release
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as registration
from marketplace.statistics.queries import figures as statistics
from marketplace.tenders import tasks as tenders
from marketplace.tenders.models import Tender
from tests.browser import faults_here, window
from tests.cast import Cast, make_cast
from tests.factories.deals import confirm_all, sign
from tests.factories.files import pdf_bytes, upload
from tests.factories.registration import number
from tests.factories.tenders import know_calendar

Faults = Callable[[Any], list[Any]]


def make_people(settings: Any, tmp_path: Path) -> Cast:
    """Everybody, with the pages of the site around them, in years whose holidays are known."""
    from cms.tree import ensure_tree

    settings.ALLOWED_HOSTS = ["*"]
    settings.BID_STORE_DIR = tmp_path / "bids"
    settings.BID_RECEIPT_KEY_FILE = tmp_path / "receipts.pem"
    ensure_tree()
    know_calendar()
    return make_cast()


class Journey:
    """The people's windows, the clock and the worker."""

    def __init__(self, browser: Browser, live_server: Any, drain: Callable[[], int]) -> None:
        self.browser = browser
        self.live_server = live_server
        self.drain = drain
        self.moved = ExitStack()
        self.windows = ExitStack()
        self.visits: dict[Any, Visit] = {}
        #: What scripts complained of, in all windows.
        self.complaints: list[str] = []

    @contextmanager
    def as_(self, person: Any) -> Iterator["Visit"]:
        """The window of a person, or of nobody; then the worker does what follows. After a move of the clock it is new."""
        if person not in self.visits:
            page = self.windows.enter_context(window(self.browser, self.live_server, person))
            page.on("console", self._console)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            self.visits[person] = Visit(self, page)
        yield self.visits[person]
        self.drain()

    def _console(self, message: ConsoleMessage) -> None:
        # The browser reports our own refusals (400, 403 …) of a document as console errors.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def until(self, instant: datetime) -> None:
        """Move the clock to just after an instant; then everything that is due happens."""
        self.windows.close()
        self.visits.clear()
        self.moved.enter_context(clock.shift(instant - clock.now() + timedelta(seconds=2)))
        for task in (tenders, openings, evaluation, publicity, awards):
            task.tick()
        self.drain()


class Visit:
    """What a person does in a window."""

    def __init__(self, journey: Journey, page: Page) -> None:
        self.journey = journey
        self.page = page
        self.main = page.locator("main")

    def go(self, name: str, *args: Any) -> None:
        """Open a page."""
        answer = self.page.goto(reverse(name, args=args))
        assert answer is not None
        assert answer.status == 200, (name, args)

    def look(self, name: str) -> None:
        """The page is held to the rules of all pages."""
        assert faults_here(self.page) == [], name
        self.picture(name)

    def picture(self, name: str) -> None:
        """SHOTS names a folder for pictures."""
        if folder := os.environ.get("SHOTS"):
            for width in (320, 1280):
                self.page.set_viewport_size({"width": width, "height": 900})
                self.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def follow(self, label: str, *, exact: bool = False) -> None:
        """Follow a link of the page's main part."""
        self.main.get_by_role("link", name=label, exact=exact).first.click()
        self.page.wait_for_load_state("load")

    def press(self, label: str) -> None:
        """Press the first button of this label."""
        self.main.get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state("load")

    def act(self, name: str, **said: str) -> None:
        """Fill in the form of an act and do it. The page says that it was done."""
        button = self.page.locator(f"button[name=act][value='{name}']")
        form = self.main.locator("form").filter(has=button)
        # What cannot be taken back is folded.
        for folded in self.main.locator("details:not([open])").filter(has=button).all():
            folded.locator("summary").click()
        for field, text in said.items():
            form.locator(f"[name='{name}-{field}']").fill(text)
        for box in form.locator("input[type=checkbox]").all():
            box.check()
        button.click()
        self.page.wait_for_load_state("load")
        expect(self.page.get_by_text("已办理").first, self.text()).to_be_visible()

    def text(self) -> str:
        """What the page's main part says."""
        return self.main.inner_text()


@pytest.fixture
def journey(
    chromium: Browser, live_server: Any, drain: Callable[[], int], cast: Cast
) -> Iterator[Journey]:
    """A journey; at its end the clock goes back."""
    made = Journey(chromium, live_server, drain)
    with made.moved, made.windows:
        yield made
    assert made.complaints == []


def sign_the_contract(journey: Journey, cast: Cast, contract: Contract) -> Contract:
    """What the law asks for is added, both sides confirm the final text, the seller records the signature."""
    seller, buyer = cast.university_admin, cast.approver
    today = clock.today()
    for section, values in {
        "basics": {"starts_on": today, "ends_on": today + timedelta(400)},
        "money": {"payment_mode": "lump"},
        "official": {"aim": "10", "ip_kinds": ["none"], "plan_source": "none"},
    }.items():
        contract = deals.save_section(contract, section, values, actor=seller)
    places = [
        {"party": row.pk, "nature": "150", "district": "371302", "legal_head": "王法人"}
        for row in contract.parties.all()
    ]
    deals.set_final_text(contract, upload(pdf_bytes(), "定稿.pdf"), actor=seller)
    contract.refresh_from_db()
    contract = confirm_all(contract, seller, buyer)
    contract = sign(contract, seller)
    contract = deals.save_section(contract, "particulars", {"parties": places}, actor=seller)
    journey.drain()
    lot = contract.award.result.lot  # type: ignore[union-attr]
    lot.refresh_from_db()
    assert (lot.stage, lot.contract) == ("contracted", contract.code)
    return contract


def count(journey: Journey, cast: Cast, contract: Contract, price: int) -> None:
    """The contract is registered, and the turnover of the city grows by its amount exactly."""
    year = clock.today().year
    before = statistics.overview(year, "city").amount_fen
    filing = registration.open_filing(contract, actor=cast.university_admin)
    filing = registration.submit(filing, actor=cast.university_admin)
    for step in (registration.accept, registration.pass_first, registration.approve):
        filing = step(filing, actor=cast.registrar_city)
    filing = registration.record_filed(filing, actor=cast.university_admin)
    official = number()
    registration.register(filing, official, clock.today(), actor=cast.registrar_city)
    journey.drain()
    assert statistics.overview(year, "city").amount_fen - before == price
    assert Filing.objects.get().status == "registered"
    lot = contract.award.result.lot  # type: ignore[union-attr]
    lot.refresh_from_db()
    assert (lot.registered_as, lot.registered_on) == (official, clock.today())


def valid(client: Client, tender: Tender, faults: Faults, expected: set[str]) -> None:
    """Every release of the way, and the record that is merged from them, is what the standard asks for."""
    rows = list(Release.objects.filter(tender=tender).order_by("number"))
    tags = {tag for one in rows for tag in one.data["tag"]}
    assert expected <= tags, tags
    for one in rows:
        address = reverse("records:release", args=[tender.code, one.number])
        assert faults(client.get(address).json()) == [], one.number
    record = client.get(reverse("records:record", args=[tender.code])).json()
    assert faults(record) == []
