"""The sample book: loaded in a bounded time, in all states, apart from the city's, and removable."""

import time

from django.db.models import Count, Max

import pytest

from marketplace.deals.models import Contract
from marketplace.journal.models import Entry
from marketplace.registration.models import Filing, LedgerEntry, LedgerPeriod, LedgerSum
from marketplace.registration.queries import ledger as queries
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
    return time.process_time() - start


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
