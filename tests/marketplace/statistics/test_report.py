"""The report of a year: what it calls itself before the year has ended, districts elsewhere, figures below zero."""

from datetime import date

from django.test import Client

import pytest

from marketplace.kernel import clock
from marketplace.registration.models import LedgerSum
from marketplace.statistics.queries.labels import key_label
from marketplace.statistics.slice import SLICE
from marketplace.statistics.views.desk import report_title
from tests.cast import Cast
from tests.factories.ledger_rows import make_rows

pytestmark = pytest.mark.django_db
NEGATIVE = "冲减多于新登记的，该行为负"


def report(user: object, year: int) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client.get(f"/workbench/statistics/report/{year}/").content.decode()


def test_a_year_that_runs_has_its_day_and_is_no_yearly_report(cast: Cast) -> None:
    today = clock.today()
    make_rows(9, months=(f"{today.year}-01", f"{today.year - 1}-01"))
    page = report(cast.registrar_city, today.year)
    assert f"{today.year} 年技术合同登记报告（截至 {today}）" in page
    assert f"截至 {today}，本年登记技术合同" in page
    assert "年度报告" not in page
    assert "全年登记" not in page
    past = report(cast.registrar_city, today.year - 1)
    assert f"{today.year - 1} 年技术合同登记年度报告" in past
    assert "全年登记技术合同" in past


def test_a_year_ends_at_its_last_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    for day, whole in ((date(2026, 12, 31), False), (date(2027, 1, 1), True)):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        assert ("年度报告" in report_title(2026)) is whole


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("370202", "市外（370202）"),
        ("110108", "省外（110108）"),
        ("371399", "371399"),
        ("abc", "abc"),
        ("", ""),
    ],
)
def test_districts_elsewhere_are_named_with_their_code(code: str, label: str) -> None:
    for table in ("seller_district", "buyer_district"):
        assert key_label(table, code) == label
    assert key_label("kind", code) == code


def test_figures_below_zero_are_explained_where_there_are_any(cast: Cast) -> None:
    make_rows(9, months=("2025-01",))
    assert NEGATIVE not in report(cast.registrar_city, 2025)
    row = LedgerSum.objects.filter(dimension="kind").first()
    assert row is not None
    LedgerSum.objects.filter(pk=row.pk).update(amount_fen=-1)
    assert report(cast.registrar_city, 2025).count(NEGATIVE) == 1


def test_figures_are_issued_each_hour_as_the_closing_page_says() -> None:
    assert [one.every for one in SLICE.schedules] == [3600.0]
