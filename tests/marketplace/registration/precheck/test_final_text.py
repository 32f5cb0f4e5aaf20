"""The pre-check reads the final text wherever it runs: on its page, over REST, at a submission, in a batch."""

from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.services import drafts
from marketplace.registration.services import batch, precheck
from marketplace.registration.services import filing as services
from tests.cast import Cast
from tests.factories.deals import sign
from tests.factories.registration import signed_contract

pytestmark = pytest.mark.django_db


def with_text(cast: Cast, *, says: int = 96_000_000, **more: Any) -> Contract:
    """A signed contract over 86 万元 whose confirmed text, a DOCX, says another amount."""
    contract = signed_contract(cast, state="draft", **more)
    total = contract.amount_total_fen
    Contract.objects.filter(pk=contract.pk).update(amount_total_fen=says, amount_technical_fen=says)
    contract = Contract.objects.get(pk=contract.pk)
    deals.set_final_text(contract, drafts.final_text(contract), actor=cast.approver)
    contract = Contract.objects.get(pk=contract.pk)
    text = contract.texts.get(withdrawn_at=None)
    for person in (cast.approver, cast.university_admin):
        contract = deals.confirm_final(contract, sha256=text.sha256, actor=person)
    Contract.objects.filter(pk=contract.pk).update(
        amount_total_fen=total, amount_technical_fen=total
    )
    return sign(Contract.objects.get(pk=contract.pk), cast.approver)


def test_the_page_and_the_api_read_the_confirmed_text(cast: Cast, client: Client) -> None:
    contract = with_text(cast)
    client.force_login(cast.approver)
    page = client.get(reverse("registration:precheck", args=[contract.code]))
    said = {row.code for row in page.context["report"].findings}
    alone = {row.code for row in precheck.run(contract, cast.approver)}
    assert said - alone
    assert "没有读取合同文本" not in page.content.decode()
    told = client.get(reverse("api:contract_check", args=[contract.code])).json()["findings"]
    assert {row["code"] for row in told} == said


def test_a_batch_reads_the_texts(cast: Cast) -> None:
    contract = with_text(cast)
    single = {
        row.code
        for row in precheck.run(contract, cast.approver, precheck.read_final_text(contract))
    }
    [outcome] = batch.submit_many([contract], actor=cast.approver)
    if outcome.done:
        assert {one["code"] for one in outcome.filing.findings} == single
    else:
        assert "金额" in str(outcome.reason)


def test_a_batch_leaves_what_it_has_no_time_to_read(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(batch, "READING_SECONDS", -1.0)
    rows = [signed_contract(cast) for _ in range(2)]
    first, second = services.submit_many(rows, actor=cast.approver)
    assert first.done
    assert "再提交一次" in str(second.reason)
    assert not hasattr(Contract.objects.get(pk=rows[1].pk), "filing")


def test_a_missing_legal_head_is_no_blank_of_the_text(cast: Cast) -> None:
    contract = with_text(cast, says=86_000_000)
    contract.parties.update(legal_head="")
    Contract.objects.filter(pk=contract.pk).update(place="临沂市")
    contract = Contract.objects.get(pk=contract.pk)
    reading = precheck.read_upload(drafts.final_text(contract), cast.approver)
    assert reading.blanks == 0
