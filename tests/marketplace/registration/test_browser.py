"""Every page of the registration in Chromium at 1280 and 320 px: axe finds nothing, nothing is cut off."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import pytest
from playwright.sync_api import Browser

from marketplace.deals.models import OriginProposal
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.registration.models import LedgerPeriod, RegisterImport
from marketplace.registration.services import filing as services
from marketplace.registration.services import ledger, periods
from marketplace.registration.workflow import FilingStatus as S
from tests.browser import faults, needs_chromium, window
from tests.cast import Cast, make_cast
from tests.factories.ledger import end, make_registered
from tests.factories.register import HEADINGS, as_csv, total_line, values
from tests.factories.registration import days_ago, make_filing, signed_contract

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    needs_chromium,
]


@pytest.fixture
def pages(own_index: object) -> dict[str, Any]:
    """Who reads which pages."""
    from cms.tree import ensure_tree

    ensure_tree()
    cast: Cast = make_cast()
    signed = signed_contract(cast)
    signed_contract(cast, signed_on=days_ago(90), starts_on=days_ago(90))
    disputed = make_filing(cast, S.DISPUTED)
    returned = make_filing(cast, S.RETURNED)
    waiting = make_filing(cast, S.SUBMITTED)
    approved = make_filing(cast, S.APPROVED)
    registered = make_filing(cast, S.REGISTERED)
    use = services.Use("seller", "vat", clock.today(), 1_000_000)
    services.record_use(registered, use, actor=cast.member)

    def of(name: str, row: Any) -> str:
        return reverse(f"registration:{name}", args=[row.code])

    return {
        "cast": cast,
        "visitor": (reverse("registration:verify", args=[registered.verify_token]),),
        "approver": (
            reverse("registration:filings"),
            reverse("registration:batch"),
            reverse("registration:precheck", args=[signed.code]),
            of("filing", disputed),
            reverse("registration:registered_list"),
            of("filing", returned),
            of("filing", approved),
            of("filing", registered),
            of("form_sheet", approved),
            of("uses", registered),
            of("verification", registered),
        ),
        "registrar_city": (
            reverse("registration:desk"),
            reverse("registration:unregistered"),
            of("decide", waiting),
            of("decide", approved),
            of("decide", registered),
            of("decide", disputed),
            reverse("registration:precheck", args=[waiting.contract.code]),
            *_ledger_pages(cast),
            *_import_pages(cast),
        ),
    }


def _ledger_pages(cast: Cast) -> tuple[str, ...]:
    """The months, a closed one with a correction, and the one that has the correction."""
    past = clock.today().replace(day=1) - timedelta(days=1)
    filing = make_registered(on=past)
    row = LedgerPeriod.objects.get(book="city", month=f"{past:%Y-%m}")
    periods.close_period(row, actor=cast.registrar_city)
    periods.second_close(LedgerPeriod.objects.get(pk=row.pk), actor=cast.authority)
    ledger.post_reverse(end(filing), reason="登记被撤销", actor=cast.registrar_city)
    months = (f"{day:%Y-%m}" for day in (past, clock.today()))
    return (
        reverse("registration:ledger"),
        *(reverse("registration:period", args=["city", month]) for month in months),
    )


def _import_pages(cast: Cast) -> tuple[str, ...]:
    """The list, a plan with skipped rows and a wrong total, headings to be mapped, and proposed origins."""
    client = Client()
    client.force_login(cast.registrar_city)
    rows = [values(1), values(2, technical="99999"), values(3, seller="")]
    unknown = [f"我们的{name}" for name in HEADINGS]
    for data in (as_csv(rows, total_line("1", "1")), as_csv(rows, headings=unknown)):
        sent = {"file": SimpleUploadedFile("登记表.csv", data), "form_key": str(len(data))}
        assert client.post(reverse("registration:imports"), sent).status_code == 302
    jobs.run_open()
    contract = make_registered().contract
    for serial in range(2):
        OriginProposal.objects.create(
            contract=contract,
            kind="needs",
            record_id=serial,
            record_code="XQ2026-7KQ4ZM-H",
            score=60,
        )
    return (
        reverse("registration:imports"),
        reverse("registration:origins"),
        *(reverse("registration:import", args=[row.code]) for row in RegisterImport.objects.all()),
    )


def test_every_page_is_clean(
    pages: dict[str, Any], chromium: Browser, live_server: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    cast, wrong = pages.pop("cast"), []
    for role, paths in pages.items():
        with window(chromium, live_server, None if role == "visitor" else cast[role]) as page:
            for path in paths:
                wrong += faults(page, path)
    assert wrong == []
