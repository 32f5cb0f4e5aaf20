"""A legal period that reaches a year without holidays is refused with the reason; what needs no period goes on."""

from collections.abc import Iterator
from datetime import date

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.registration.models import Decision, Filing
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FilingStatus as S
from marketplace.taxonomy.models import CalendarYear
from marketplace.taxonomy.queries import forget_calendar
from tests.cast import Cast
from tests.factories.registration import know_next_year, make_filing, number

pytestmark = pytest.mark.django_db
#: 技术交易额 above the limit of the second review: 30 working days instead of 15.
LARGE = 600_000_000
REASON = "2027 年的节假日安排尚未录入，不能计算法定期限，请联系平台运营录入"


@pytest.fixture(autouse=True)
def last_of_november() -> Iterator[None]:
    """It is 2026-11-30: 15 working days end in December, 30 in January."""
    with clock.shift(date(2026, 11, 30) - clock.today()):
        yield
    forget_calendar()


def forget_next_year() -> None:
    """As a site is before the operator has entered 2027; the factory of filings enters it."""
    CalendarYear.objects.filter(year=2027).delete()
    forget_calendar()


def test_a_large_filing_is_refused_with_what_to_do_and_stays_whole(
    cast: Cast, client: Client
) -> None:
    filing = make_filing(cast, S.SUBMITTED, total=LARGE)
    forget_next_year()
    decisions = Decision.objects.count()
    with pytest.raises(Refused, match=REASON):
        services.accept(filing, actor=cast.registrar_city)
    client.force_login(cast.registrar_city)
    path = reverse("registration:decide", args=[filing.code])
    page = client.post(path, {"rev": filing.rev, "move": "next"})
    assert page.status_code == 409
    assert REASON in page.content.decode()
    filing.refresh_from_db()
    assert (filing.status, filing.accepted_at, filing.due_at) == (S.SUBMITTED, None, None)
    assert Decision.objects.count() == decisions
    know_next_year()
    filing = services.accept(filing, actor=cast.registrar_city)
    assert filing.due_at is not None
    assert clock.day_of(filing.due_at).year == 2027


def test_in_a_batch_the_small_one_is_accepted_and_the_large_one_named(
    cast: Cast, client: Client
) -> None:
    small, large = make_filing(cast, S.SUBMITTED), make_filing(cast, S.SUBMITTED, total=LARGE)
    forget_next_year()
    client.force_login(cast.registrar_city)
    sent = {"codes": [small.code, large.code], "heap": "new", "act": "accept"}
    sent |= {f"rev_{row.code}": row.rev for row in (small, large)}
    page = client.post(reverse("registration:desk"), sent)
    assert page.context["done"] == 1
    (failed,) = page.context["failed"]
    assert REASON in page.content.decode()
    assert large.code in page.content.decode()
    assert not failed.done
    states = dict(Filing.objects.values_list("code", "status"))
    assert states == {small.code: S.ACCEPTED, large.code: S.SUBMITTED}
    small.refresh_from_db()
    # The 15th working day after Monday, 2026-11-30.
    assert small.due_at == clock.end_of_day(date(2026, 12, 21))


def test_acts_without_a_legal_period_go_on(cast: Cast) -> None:
    waiting, approved = make_filing(cast, S.SUBMITTED, total=LARGE), make_filing(cast, S.APPROVED)
    registered, draft = make_filing(cast, S.REGISTERED), make_filing(cast, total=LARGE)
    forget_next_year()
    with clock.shift(date(2026, 12, 31) - clock.today()):
        assert services.submit(draft, actor=cast.approver).status == S.SUBMITTED
        back = services.return_for_correction(
            waiting, [{"code": "seal_missing"}], actor=cast.registrar_city
        )
        assert back.status == S.RETURNED
        filed = services.record_filed(approved, actor=cast.approver)
        done = services.register(filed, number(2026), clock.today(), actor=cast.registrar_city)
        assert done.status == S.REGISTERED
        ended = services.cancel(registered, reason="双方解除合同", actor=cast.registrar_city)
        assert ended.status == S.CANCELLED


def test_the_operator_has_it_to_do(cast: Cast, client: Client) -> None:
    forget_next_year()
    client.force_login(cast.operator)
    text = client.get(reverse("workbench:home")).content.decode()
    assert "录入 2027 年的节假日安排" in text
    assert reverse("taxonomy:year", args=[2027]) in text
