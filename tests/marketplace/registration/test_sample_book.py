"""The sample book: loaded in a bounded time, in all states, apart from the city's, and removable."""

import io
import time
from typing import Any
from urllib.parse import unquote

from django.db import connection
from django.db.models import Count, Max
from django.test import Client
from django.urls import reverse

import pytest
from openpyxl import load_workbook

from marketplace.deals.models import Contract
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.parties.models import User
from marketplace.registration.models import Filing, LedgerEntry, LedgerPeriod, LedgerSum
from marketplace.registration.queries import heap_counts
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook.settings import SECOND_REVIEW_FROM, setting_on
from marketplace.registration.services import samples
from marketplace.registration.services.verification import verify
from marketplace.registration.workflow import FilingStatus
from tests.factories.ledger import WAN, make_registered
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> float:
    """Seconds of computing that the loading took."""
    make_staff("registrar_city", email=samples.REGISTRAR)
    make_staff("authority", email=samples.AUTHORITY)
    start = time.process_time()
    samples.load()
    took = time.process_time() - start
    # As PostgreSQL does by itself a minute later: without the size of the new rows it plans for empty tables.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return took


def test_it_has_every_state_kind_and_district_and_verifies(loaded: float) -> None:
    assert loaded < 10
    assert Contract.objects.filter(book="sample").count() == 600
    states = set(Filing.objects.values_list("status", flat=True).distinct())
    assert states == set(FilingStatus.values) - {"forwarded"}
    types = LedgerSum.objects.filter(dimension="contract_type").values("key").distinct().count()
    assert types == 13
    districts = LedgerSum.objects.filter(dimension="seller_district", key__startswith="3713")
    assert districts.values("key").distinct().count() == 12
    assert Filing.objects.filter(status="disputed").count() == 1
    assert LedgerPeriod.objects.filter(status="closed").count() >= 2
    assert LedgerEntry.objects.filter(corrects_period__isnull=False).exists()
    assert verify().findings == []


def test_the_desk_and_both_lists_have_something_to_show(loaded: float, client: Client) -> None:
    registrar = User.objects.get(email=samples.REGISTRAR)
    counts = heap_counts(registrar)
    assert min(counts[name] for name in ("due", "corrected", "new", "review", "number")) > 0
    second = Filing.objects.filter(
        status="first_passed", needs_second=True, first_by=registrar, second_at=None
    )
    assert second.count() == 2
    limit = setting_on(SECOND_REVIEW_FROM, clock.today())
    assert limit is not None
    assert all((row.contract.amount_total_fen or 0) >= limit.value for row in second)
    client.force_login(registrar)
    desk = client.get(reverse("registration:desk"), {"heap": "corrected"})
    for row in desk.context["page"].object_list:
        assert row.contract.parties.get(side="seller").name in desk.content.decode()
    path = reverse("registration:unregistered")
    assert client.get(path).context["page"].paginator.count == 0
    page = client.get(path, {"book": "sample"})
    assert page.context["page"].paginator.count > 0
    assert "不是真实合同，不计入本市成交额。" in page.content.decode()
    assert '<input type="hidden" name="book" value="sample">' in page.content.decode()


def test_the_approved_ones_of_the_samples_go_out_marked(loaded: float, client: Client) -> None:
    client.force_login(User.objects.get(email=samples.REGISTRAR))
    path = reverse("registration:register_export")
    assert path + "?book=sample" in client.get(reverse("registration:imports")).content.decode()
    answer: Any = client.get(path, {"book": "sample"})
    assert "示例数据" in unquote(answer["Content-Disposition"])
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active is not None
    assert book.active.max_row == 1 + Filing.objects.filter(status="approved").count() > 1
    answer = client.get(path)
    assert "示例数据" not in unquote(answer["Content-Disposition"])
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active is not None
    assert book.active.max_row == 1


def test_it_is_apart_from_the_city_and_its_amounts_are_small(loaded: float) -> None:
    assert queries.registered_total("city", "2000-01", "2100-01").tuple() == (0, 0, 0, 0)
    year = queries.registered_total("sample", "2025-01", "2026-01").amount_fen
    assert 0 < year < 5 * 10**10
    assert not Entry.objects.filter(event__startswith="Ledger").exists()
    most = LedgerEntry.objects.aggregate(most=Max("amount_fen"))["most"]
    assert most < 2000 * WAN


def test_it_goes_whole_and_takes_nothing_else_along(loaded: float) -> None:
    real = make_registered(7 * WAN)
    gone = samples.remove()
    assert gone["contracts"] == gone["filings"] == 600
    assert [row.pk for row in Filing.objects.all()] == [real.pk]
    assert LedgerEntry.objects.get().filing_id == real.pk
    assert LedgerPeriod.objects.values("book").annotate(n=Count("id")).get()["book"] == "city"
    assert verify().findings == []
    samples.load()
    assert Contract.objects.filter(book="sample").count() == 600


def test_loading_twice_changes_nothing(loaded: float) -> None:
    before = LedgerEntry.objects.count()
    samples.load()
    assert LedgerEntry.objects.count() == before
