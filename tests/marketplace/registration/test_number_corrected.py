"""A number or a day that was entered wrongly is corrected by a change with its reason, and the decision keeps both."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.registration.models import Filing
from marketplace.registration.queries import ledger as queries
from marketplace.registration.services import filing as services
from marketplace.registration.services.verification import verify
from tests.cast import Cast
from tests.factories.registration import days_ago, make_filing, number
from tests.marketplace.registration.test_import_waiting import row
from tests.marketplace.registration.test_numbers_of_others import checked, numbers
from tests.marketplace.registration.test_pages import decide

pytestmark = pytest.mark.django_db


def registered(cast: Cast, **more: Any) -> Filing:
    """A contract that was signed twenty days ago and registered five days ago."""
    return make_filing(cast, "registered", signed_on=days_ago(20), official_on=days_ago(5), **more)


def test_number_and_day_are_corrected_on_the_page(cast: Cast, client: Client) -> None:
    filing = registered(cast)
    wrong, right = filing.official_number or "", number()
    client.force_login(cast.registrar_city)
    page = client.get(reverse("registration:decide", args=[filing.code]))
    (form,) = [one["form"] for one in page.context["choices"] if one["move"].name == "change"]
    assert (form["official_number"].value(), form["official_on"].value()) == (wrong, days_ago(5))
    sent = {
        "move": "change",
        "contract_type": filing.recognised_type,
        "total": "86",
        "technical": "86",
        "reason": "编号录错一位",
    }
    answer = decide(
        client, filing, official_number=right, official_on=days_ago(3).isoformat(), **sent
    )
    assert answer.status_code == 302
    filing.refresh_from_db()
    assert (filing.status, filing.official_number) == ("changed", right)
    assert filing.official_on == days_ago(3)
    decision = filing.decisions.get(act="change")
    assert [one["text"] for one in decision.reasons] == [
        f"登记编号由 {wrong} 更正为 {right}",
        f"登记日期由 {days_ago(5)} 更正为 {days_ago(3)}",
    ]
    assert decision.note == "编号录错一位"
    live = queries.live_entry(filing.pk)
    assert live is not None
    assert live.facts["registered_on"] == days_ago(3).isoformat()
    assert live.amount_fen == 86_000_000
    assert verify().findings == []
    shown = client.get(reverse("registration:decide", args=[filing.code])).content.decode()
    assert f"更正为 {right}" in shown


def test_what_is_left_empty_or_the_same_stays(cast: Cast, client: Client) -> None:
    filing = registered(cast)
    known, day = filing.official_number or "", filing.official_on
    # A number that the check would refuse today, as one that came with the register may be.
    Filing.objects.filter(pk=filing.pk).update(official_number="20191113010000" + "77")
    client.force_login(cast.registrar_city)
    sent = {"contract_type": "KF1", "total": "80", "technical": "80", "reason": "金额调整"}
    for typed, on in (("", ""), (" 2019 1113 01000077 ", f"{day}")):
        answer = decide(
            client, filing, move="change", official_number=typed, official_on=on, **sent
        )
        assert answer.status_code == 302
    filing.refresh_from_db()
    assert (filing.official_number, filing.official_on) == ("2019111301000077", day)
    assert known != filing.official_number
    assert [one.reasons for one in filing.decisions.filter(act="change")] == [[], []]


def test_a_wrong_correction_is_named_at_its_field(cast: Cast, client: Client) -> None:
    filing, other = registered(cast), registered(cast)
    client.force_login(cast.registrar_city)
    sent = {"contract_type": "KF1", "total": "86", "technical": "86", "reason": "更正"}
    for name, typed, said in (
        ("official_number", other.official_number or "", "已经登记在另一份合同上"),
        ("official_number", "123456789012345", "现在是 15 位"),
        ("official_on", days_ago(30).isoformat(), "不能早于合同签订日期"),
        ("official_on", (clock.today() + timedelta(1)).isoformat(), "不能晚于今天"),
    ):
        page = decide(client, filing, move="change", **sent | {name: typed})
        assert page.status_code == 400
        (form,) = [one["form"] for one in page.context["choices"] if one["open"]]
        assert said in str(form.errors[name])
    page = decide(
        client, filing, move="change", **sent | {"reason": "", "official_number": number()}
    )
    assert page.status_code == 400
    filing.refresh_from_db()
    assert filing.status == "registered"


def test_a_correction_alone_keeps_what_was_recognised(cast: Cast) -> None:
    filing = registered(cast)
    said = services.Recognised("KF2", 80_000_000, 70_000_000)
    filing = services.change(filing, reason="核定", actor=cast.registrar_city, recognised=said)
    filing = services.change(
        filing, reason="编号录错", actor=cast.registrar_city, official_number=(right := number())
    )
    assert filing.official_number == right
    assert (filing.recognised_type, filing.recognised_total_fen) == ("KF2", 80_000_000)


def test_the_number_that_was_freed_is_for_the_right_contract(cast: Cast) -> None:
    wrong = registered(cast)
    right = make_filing(cast, "approved", signed_on=days_ago(20))
    typed = wrong.official_number or ""
    with pytest.raises(InvalidInput):
        services.register(right, typed, days_ago(5), actor=cast.registrar_city)
    services.change(wrong, reason="录错", actor=cast.registrar_city, official_number=number())
    right = services.register(right, typed, days_ago(5), actor=cast.registrar_city)
    assert right.official_number == typed


def test_the_api_corrects_too(cast: Cast, client: Client) -> None:
    filing = registered(cast)
    client.force_login(cast.registrar_city)
    answer = client.post(
        f"/api/v1/filings/{filing.code}/change/",
        {"reason": "录错", "official_number": (right := number()), "rev": filing.rev},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    filing.refresh_from_db()
    assert (filing.official_number, filing.official_on) == (right, days_ago(5))


def test_an_import_of_another_day_says_what_to_do(cast: Cast) -> None:
    filing = registered(cast)
    data = row(filing) | {"official_number": filing.official_number or ""}
    batch = checked(cast, data | {"official_on": days_ago(3).isoformat()})
    assert numbers(batch) == {"read": 1, "skipped": 1}
    assert f"请在登记工作台对 {filing.code} 办理变更登记" in batch.problems[0]["text"]
    services.change(filing, reason="更正", actor=cast.registrar_city, official_on=days_ago(3))
    batch = checked(cast, data | {"official_on": days_ago(3).isoformat()})
    assert batch.counts["skipped"] == 0
