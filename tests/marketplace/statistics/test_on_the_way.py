"""Counts of a year, what is on its way and sums by day of registration, against a recount in plain Python."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from marketplace.deals.models import Contract
from marketplace.registration.models import Filing
from marketplace.registration.workflow import COUNTED, FilingStatus
from marketplace.statistics.queries import figures, stages
from tests.cast import Cast
from tests.factories.ledger_rows import make_rows
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db
MONTHS = ("2025-01", "2025-02")
ON_ITS_WAY = {
    "review": ("draft", "submitted", "returned", "accepted", "first_passed"),
    "approved": ("approved", "forwarded", "filed"),
}


def unregistered(filing: Filing, status: str) -> None:
    """Put a filing into a state before the registration, as the workflow leaves it."""
    Filing.objects.filter(pk=filing.pk).update(
        status=status, official_number=None, official_on=None, registered_at=None
    )


def test_each_state_before_the_registration_is_on_its_way_or_ended(
    django_assert_num_queries: Any,
) -> None:
    make_rows(len(FilingStatus.values) * 2, months=MONTHS)
    filings = list(Filing.objects.select_related("contract").order_by("pk"))
    registered = {*COUNTED, "cancelled", "revoked"}
    for place, status in enumerate(FilingStatus.values * 2):
        if status in registered:
            Filing.objects.filter(pk=filings[place].pk).update(status=status)
        else:
            unregistered(filings[place], status)
    # One of each heap belongs to the register of another city.
    elsewhere = FilingStatus.values.index("draft"), FilingStatus.values.index("filed")
    Filing.objects.filter(pk__in=[filings[n].pk for n in elsewhere]).update(
        registered_elsewhere=True
    )
    wanted = {}
    for name, states in ON_ITS_WAY.items():
        rows = [
            one
            for one in Filing.objects.select_related("contract")
            if one.status in states and not one.registered_elsewhere
        ]
        wanted[name] = len(rows), sum(one.contract.amount_total_fen or 0 for one in rows)
    with django_assert_num_queries(2):
        found = stages.in_the_way("city")
    assert found == {"signed": (0, 0), **wanted}
    assert (wanted["review"][0], wanted["approved"][0]) == (9, 5)
    assert stages.in_the_way("sample") == dict.fromkeys(found, (0, 0))


def test_signed_here_and_not_filed_is_on_its_way(cast: Cast) -> None:
    make_rows(6, months=MONTHS)
    rows = list(Contract.objects.order_by("pk"))
    for row, status in zip(rows, ("signed", "performing", "performed"), strict=False):
        Contract.objects.filter(pk=row.pk).update(
            origin="empty", owner=cast.university, status=status
        )
    # All of them have a filing.
    assert stages.in_the_way("city")["signed"] == (0, 0)
    Contract.objects.bulk_create(
        Contract(
            origin=origin,
            owner=cast.university,
            status=status,
            signed_on=date(2025, 1, 5) if status != "draft" else None,
            amount_total_fen=fen,
        )
        for origin, status, fen in (
            ("empty", "signed", 700),
            ("empty", "performing", None),
            ("empty", "performed", 40),
            ("empty", "draft", 30),
            ("import", "signed", 20),
        )
    )
    assert stages.in_the_way("city")["signed"] == (2, 700)


def test_the_counts_of_a_year_are_those_of_the_rows(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_rows(60, months=MONTHS)
    need = make_need(cast.enterprise, cast.member, state="published")
    first, second, third = Contract.objects.order_by("pk")[:3]
    Contract.objects.filter(pk=first.pk).update(signed_on=date(2024, 12, 31))
    Contract.objects.filter(pk=second.pk).update(
        status="performed", need=need, ended_on=date(2025, 12, 31)
    )
    Contract.objects.filter(pk=third.pk).update(
        status="performed", need=need, ended_on=date(2026, 1, 1)
    )
    rows = [one for one in Contract.objects.all() if one.signed_on and one.signed_on.year == 2025]
    rights = [one for one in rows if one.contract_type[:2] in {"ZR", "XK"}]
    with django_assert_num_queries(2):
        found = stages.counts(2025, "city")
    assert found == stages.Counts(len(rows), len(rights), 1)
    assert (len(rows), len(rights) > 0) == (59, True)


def test_the_sums_by_day_of_registration_are_those_of_the_filings(
    django_assert_num_queries: Any,
) -> None:
    make_rows(40, months=("2024-12", *MONTHS))
    one, two, three, four = Filing.objects.filter(official_on__year=2025)[:4]
    Filing.objects.filter(pk=one.pk).update(status="revoked")
    Filing.objects.filter(pk=two.pk).update(registered_elsewhere=True)
    Filing.objects.filter(pk=three.pk).update(official_on=date(2025, 12, 31))
    Filing.objects.filter(pk=four.pk).update(
        recognised_total_fen=None, recognised_technical_fen=None
    )
    wanted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in Filing.objects.exclude(pk__in=[one.pk, two.pk]):
        line = wanted[f"{row.official_on:%Y-%m}"]
        line[0] += 1
        line[1] += row.recognised_total_fen or 0
        line[2] += row.recognised_technical_fen or 0
    with django_assert_num_queries(1):
        found = figures.by_registration_day(2025, "city")
    assert [(row.month, [row.contracts, row.amount_fen, row.technical_fen]) for row in found] == [
        (month, wanted[month]) for month in ("2025-01", "2025-02", "2025-12")
    ]
    assert figures.by_registration_day(2025, "sample") == []
