"""A number is nobody's for the asking: what a buyer notes or a seller reports takes over no row of the register."""

import hashlib
import io
from typing import Any

from django.test import Client

import pytest

from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.registration.imports.likeness import has_party
from marketplace.registration.models import Filing, LedgerEntry, RegisterImport
from marketplace.registration.services import filing as services
from marketplace.registration.services import imports
from tests.cast import Cast
from tests.factories.register import as_csv, values
from tests.factories.registration import days_ago, make_filing, signed_contract

pytestmark = pytest.mark.django_db


def checked(cast: Cast, *rows: dict[str, str]) -> RegisterImport:
    data = as_csv(list(rows))
    batch = imports.start_import(
        actor=cast.registrar_city,
        file_name="登记表.csv",
        file_path=storage.put(io.BytesIO(data)).path,
        file_sha256=hashlib.sha256(data).hexdigest(),
    )
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def numbers(batch: RegisterImport) -> dict[str, int]:
    names = ("read", "created", "registered", "updated", "unchanged", "skipped")
    return {name: batch.counts[name] for name in names if batch.counts[name]}


def row_of(number: str, **given: Any) -> dict[str, str]:
    plain = {
        "official_number": number,
        "official_on": clock.today().isoformat(),
        "signed_on": days_ago(20).isoformat(),
        "title": "别家的合同",
        "seller": "别家有限公司",
        "total": "7777.77",
        "technical": "7000",
    }
    return values(1, **(plain | given))


def local() -> str:
    return f"{clock.today().year}371301000777"


def foreign_contract(cast: Cast) -> Any:
    return signed_contract(cast, seller={"district": "110108"}, buyer_district="371311")


def noted(cast: Cast, number: str) -> Filing:
    return services.register_elsewhere(
        foreign_contract(cast),
        number,
        clock.today(),
        actor=cast.university_admin,
        recognised=services.Recognised("", 100, 100),
    )


def test_a_number_of_this_city_is_not_noted_as_registered_elsewhere(cast: Cast) -> None:
    contract = foreign_contract(cast)
    with pytest.raises(InvalidInput) as caught:
        services.register_elsewhere(contract, local(), clock.today(), actor=cast.university_admin)
    assert list(caught.value.errors) == ["official_number"]
    assert "本市的登记编号" in str(caught.value.errors["official_number"][0])
    assert not Filing.objects.exists()


def test_what_a_buyer_noted_is_shown_as_not_checked(cast: Cast) -> None:
    filing = noted(cast, f"{clock.today().year}110108000001")
    page = Client().get(f"/verify/{filing.verify_token}/").content.decode()
    assert "外地登记（未经本市核验）" in page
    assert "登记有效" not in page
    browser = Client()
    browser.force_login(cast.university_admin)
    for path in ("", "verification/"):
        own = browser.get(f"/workbench/registrations/{filing.code}/{path}").content.decode()
        assert "外地登记（未经本市核验）" in own
        assert "登记有效" not in own


def test_an_import_does_not_update_what_a_buyer_noted(cast: Cast) -> None:
    number = f"{clock.today().year}110108000001"
    filing = noted(cast, number)
    batch = checked(cast, row_of(number, seller_district="110108"))
    assert numbers(batch) == {"read": 1, "skipped": 1}
    (problem,) = batch.problems
    assert problem["column"] == "合同登记编号"
    assert problem["text"].startswith(f"{filing.code} 已由买方作为外地登记填报")


def test_a_row_with_other_parties_does_not_update_a_registration(cast: Cast) -> None:
    filing = make_filing(cast, "registered")
    batch = checked(cast, row_of(filing.official_number or ""))
    assert numbers(batch) == {"read": 1, "skipped": 1}
    assert "合同各方与本行不符" in batch.problems[0]["text"]


def reported(cast: Cast) -> Filing:
    return services.record_filed(
        make_filing(cast, "approved"),
        actor=cast.member,
        reported_number=local(),
        reported_on=clock.today(),
    )


def test_a_reported_number_takes_over_no_row_of_another_seller(cast: Cast) -> None:
    filing = reported(cast)
    batch = checked(cast, row_of(local()))
    assert numbers(batch) == {"read": 1, "skipped": 1}
    assert batch.problems[0]["text"].startswith(f"{filing.code} 报告了这个编号，但卖方")
    assert not LedgerEntry.objects.exists()


def test_the_seller_alone_is_not_enough(cast: Cast) -> None:
    filing = reported(cast)
    assert filing.contract.signed_on != days_ago(20)
    batch = checked(cast, row_of(local(), seller=cast.enterprise.name))
    assert numbers(batch) == {"read": 1, "skipped": 1}


def test_a_credit_code_that_differs_outweighs_the_name(cast: Cast) -> None:
    filing = reported(cast)
    said = {"seller": cast.enterprise.name, "title": filing.contract.title}
    assert cast.enterprise.uscc
    data = row_of(local(), **said)
    assert has_party(filing.contract, "seller", data)
    assert not has_party(
        filing.contract, "seller", data | {"seller_identity": "91371300MA3C0000XX"}
    )


def test_a_row_that_agrees_registers_what_was_reported(cast: Cast) -> None:
    filing = reported(cast)
    row = row_of(local(), seller=cast.enterprise.name, title=filing.contract.title)
    total = f"{(filing.contract.amount_total_fen or 0) // 1_000_000}"
    batch = checked(cast, row | {"total": total, "technical": "1"})
    assert numbers(batch) == {"read": 1, "registered": 1}


def test_of_two_that_report_one_number_neither_takes_it(cast: Cast) -> None:
    first, second = reported(cast), reported(cast)
    row = row_of(local(), seller=cast.enterprise.name, title=first.contract.title)
    batch = checked(cast, row)
    assert numbers(batch) == {"read": 1, "skipped": 1}
    assert batch.problems[0]["text"].startswith(f"{first.code}、{second.code} 都报告了")
