"""Any sequence of register, adjust, reverse and close keeps all sums equal to a plain model."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.registration.models import LedgerPeriod, LedgerSum
from marketplace.registration.services import ledger, periods
from marketplace.registration.services.verification import verify
from tests.factories.ledger import change_amounts, end, make_registered
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db
TODAY, MONTHS = "2026-11", [f"2026-{n:02d}" for n in range(7, 12)]
TYPES = ["KF1", "ZR1", "XK1", "ZX", "FW"]
AMOUNT = st.integers(0, 10**11)

ACTS = st.one_of(
    st.tuples(st.just("register"), st.sampled_from(MONTHS), AMOUNT, AMOUNT, st.sampled_from(TYPES)),
    st.tuples(st.just("adjust"), st.integers(0, 20), AMOUNT, AMOUNT),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("close")),
)


class Model:
    """The ledger in plain Python: month → kind → [contracts, total, technical]."""

    def __init__(self) -> None:
        self.closed = ""
        self.open: set[str] = set()
        self.net: dict[str, dict[str, list[int]]] = defaultdict(
            lambda: defaultdict(lambda: [0, 0, 0])
        )

    def month(self, wanted: str) -> str:
        if wanted > self.closed:
            return wanted
        return min((m for m in self.open if m > self.closed), default=TODAY)

    def add(self, wanted: str, kind: str, sign: int, total: int, technical: int) -> None:
        month = self.month(wanted)
        self.open.add(month)
        row = self.net[month][kind]
        row[0] += sign
        row[1] += sign * total
        row[2] += sign * technical


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=4, max_size=16))
def test_all_sums_equal_a_plain_model(acts: list[tuple[Any, ...]]) -> None:
    before = clock.today
    clock.today = lambda: date(2026, 11, 29)
    try:
        with transaction.atomic():
            _run(acts)
            transaction.set_rollback(True)
    finally:
        clock.today = before


def _run(acts: list[tuple[Any, ...]]) -> None:
    model, live = Model(), []
    users = get_user_model().objects
    first = users.filter(name="第一人").first() or make_staff("registrar_city", name="第一人")
    second = users.filter(name="第二人").first() or make_staff("registrar_city", name="第二人")
    for act in acts:
        if act[0] == "register":
            _act, month, one, other, kind = act
            total, technical = max(one, other), min(one, other)
            day = date(int(month[:4]), int(month[5:]), 15)
            filing = make_registered(total, technical, on=day, contract_type=kind)
            live.append([filing, kind[:2], total, technical])
            model.add(month, kind[:2], 1, total, technical)
        elif act[0] == "close":
            month = min((m for m in model.open if m > model.closed), default="")
            if not month or month >= TODAY:
                continue
            row = periods.close_period(LedgerPeriod.objects.get(month=month), actor=first)
            periods.second_close(row, actor=second)
            model.closed = month
        elif live:
            row = live[act[1] % len(live)]
            filing, kind, total, technical = row
            model.add(TODAY, kind, -1, total, technical)
            if act[0] == "reverse":
                ledger.post_reverse(end(filing), reason="撤销", actor=first)
                live.remove(row)
                with pytest.raises(Refused):
                    ledger.post_reverse(filing, reason="撤销", actor=first)
            else:
                row[2], row[3] = max(act[2], act[3]), min(act[2], act[3])
                ledger.post_adjust(
                    change_amounts(filing, row[2], row[3]), reason="变更", actor=first
                )
                model.add(TODAY, kind, 1, row[2], row[3])
    _compare(model)


def _compare(model: Model) -> None:
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in LedgerSum.objects.filter(dimension="kind").select_related("period"):
        found[row.period.month][row.key] = [row.contracts, row.amount_fen, row.technical_fen]
    assert found == model.net
    for period in LedgerPeriod.objects.all():
        rows = model.net[period.month].values()
        shown = [period.contracts, period.amount_fen, period.technical_fen]
        assert shown == [sum(column) for column in zip(*rows, strict=True)]
        assert period.is_closed == (period.month <= model.closed)
    report = verify()
    assert report.findings == []
