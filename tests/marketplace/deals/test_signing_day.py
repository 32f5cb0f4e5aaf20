"""The day of signature that was recorded wrongly is corrected with a further copy, until the facts are locked."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services
from marketplace.deals.models import Contract
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.notices.models import Notice
from marketplace.registration.services import filing as registration
from tests.cast import Cast
from tests.factories.deals import pdf_bytes, upload
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db


def in_days(number: int) -> date:
    """The day so many days from today. Asked in the test: the suite may have been loaded before midnight."""
    return clock.today() + timedelta(days=number)


def correct(contract: Contract, actor: Any, day: date | None) -> Contract:
    """Record a further copy, with another day of signature unless `day` is None."""
    services.add_copy(
        contract, upload(pdf_bytes(), "盖章.pdf"), fully_sealed=True, signed_on=day, actor=actor
    )
    return Contract.objects.get(pk=contract.pk)


def test_a_return_for_the_day_of_signature_is_mended(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, "submitted")
    contract = Contract.objects.get(pk=filing.contract_id)
    yesterday = in_days(-1)
    with pytest.raises(Refused, match="已提交登记"):
        correct(contract, cast.approver, yesterday)
    registration.return_for_correction(filing, [{"code": "signing_day"}], actor=cast.registrar_city)
    client.force_login(cast.approver)
    page = client.get(reverse("registration:filing", args=[filing.code]))
    [reason] = page.context["reasons"]
    assert reason["url"] == reverse("deals:copy", args=[contract.code])
    contract.refresh_from_db()
    sent = {"file": upload(pdf_bytes(), "盖章.pdf"), "fully_sealed": "on", "rev": contract.rev}
    sent["signed_on"] = yesterday.isoformat()
    assert client.post(reason["url"], sent).status_code == 302
    contract.refresh_from_db()
    assert (contract.signed_on, contract.copies.count()) == (yesterday, 2)
    entry = Entry.objects.filter(event__endswith="ContractEdited").order_by("-id")[0]
    assert entry.payload["fields"] == ["copies", "signed_on"]
    filing.refresh_from_db()
    assert registration.submit(filing, actor=cast.approver).status == "submitted"


def test_both_sides_learn_of_another_day(cast: Cast, drain: Callable[[], int]) -> None:
    contract = signed_contract(cast)
    drain()
    Notice.objects.all().delete()
    correct(contract, cast.member, None)
    drain()
    assert not Notice.objects.exists(), "a further copy alone is no news"
    yesterday = in_days(-1)
    correct(contract, cast.approver, yesterday)
    drain()
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert {cast.org_admin.pk, cast.university_admin.pk} <= told
    assert {row.params["day"] for row in Notice.objects.all()} == {yesterday.isoformat()}


def test_the_day_stays_without_a_correction(cast: Cast) -> None:
    contract = signed_contract(cast)
    assert correct(contract, cast.member, None).signed_on == clock.today()
    assert correct(contract, cast.member, clock.today()).signed_on == clock.today()
    with pytest.raises(Forbidden):
        correct(contract, cast.member, in_days(-1))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (1, "签订日期不能晚于今天"),
        (date(1986, 12, 31), "日期应在 1987 年至 2100 年之间"),
        (-1, "签订日期不能晚于已登记的付款、发票、节点和终止日期"),
    ],
)
def test_days_that_cannot_be(cast: Cast, day: date | int, said: str) -> None:
    first = clock.today() - timedelta(days=9)
    contract = signed_contract(cast, signed_on=first)
    services.record_payment(
        contract, amount_fen=100, paid_on=first + timedelta(days=2), actor=cast.approver
    )
    contract = Contract.objects.get(pk=contract.pk)
    with pytest.raises(InvalidInput) as refused:
        correct(contract, cast.approver, in_days(day) if isinstance(day, int) else day)
    assert [str(one) for one in refused.value.errors["signed_on"]] == [said]
    assert Contract.objects.get(pk=contract.pk).signed_on == first
