"""Figures in English: millions and billions, words apart, no Chinese where the words are the platform's own."""

from django.test import Client
from django.utils import translation

import pytest

from marketplace.statistics import queries, services
from marketplace.statistics.rulebook.definitions import SAMPLE_SOURCE
from marketplace.statistics.views.shared import unit_for
from tests.factories.ledger_rows import close_months, make_rows

MILLION = 100_000_000


@pytest.mark.parametrize(
    ("fen", "name", "shown"),
    [
        (60 * MILLION, "million CNY", "60.00"),
        (999 * MILLION, "million CNY", "999.00"),
        (17_000 * MILLION, "billion CNY", "17.00"),
    ],
)
def test_drawings_count_in_millions_and_billions(fen: int, name: str, shown: str) -> None:
    with translation.override("en"):
        unit = unit_for([fen, None])
        assert (unit.name, unit.shown(fen)) == (name, shown)
    with translation.override("zh-hans"):
        assert unit_for([60 * MILLION]).shown(60 * MILLION) == "6,000"


@pytest.mark.django_db
def test_the_page_of_the_sample_book(client: Client) -> None:
    make_rows(30, months=("2025-01", "2025-02"), book="sample")
    close_months(("2025-01",), "sample")
    services.issue_all()
    services.set_sample_target(2025, 60 * MILLION)
    page = " ".join(client.get("/en/statistics/?book=sample&year=2025").content.decode().split())
    head = queries.headline(2025, "sample")
    assert f"CNY {head.amount_fen / MILLION:,.2f} million" in page
    assert "CNY 60.00 million" in page
    assert "Target 60 million CNY" in page
    assert "CNY 10,000" not in page
    assert f"{head.contracts} <small>contracts</small>" in page.replace("<small >", "<small>")
    assert SAMPLE_SOURCE not in page
    assert "Source of the target: Invented sample target" in page
    chinese = client.get("/statistics/?book=sample&year=2025").content.decode()
    assert f"目标依据：{SAMPLE_SOURCE}" in chinese
