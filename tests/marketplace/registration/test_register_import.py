"""The official register from a file: plan, reconciliation, totals, units, resuming, and what is refused."""

import hashlib
import io
from datetime import date
from typing import Any

import pytest

from marketplace.deals.models import Contract
from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, Refused, Stale
from marketplace.registration.imports import runs
from marketplace.registration.models import Filing, LedgerEntry, RegisterImport, RegisterMapping
from marketplace.registration.queries import ledger as queries
from marketplace.registration.services import imports
from marketplace.registration.services.verification import verify
from tests.cast import Cast
from tests.factories.register import HEADINGS, as_csv, as_xlsx, total_line, values

pytestmark = pytest.mark.django_db
WAN = 1_000_000


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 29))


def checked(cast: Cast, data: bytes, name: str = "登记表.csv", **more: Any) -> RegisterImport:
    """An import after its check."""
    stored = storage.put(io.BytesIO(data))
    batch = imports.start_import(
        actor=cast.registrar_city,
        file_name=name,
        file_path=stored.path,
        file_sha256=hashlib.sha256(data).hexdigest(),
        **more,
    )
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def carried_out(cast: Cast, batch: RegisterImport) -> RegisterImport:
    """The same after its plan was confirmed and carried out."""
    imports.confirm_import(batch, plan=batch.plan_sha256, actor=cast.registrar_city)
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def numbers(batch: RegisterImport) -> dict[str, int]:
    names = ("read", "created", "registered", "updated", "unchanged", "skipped")
    return {name: batch.counts[name] for name in names if batch.counts[name]}


def reconciles(batch: RegisterImport) -> bool:
    counts = batch.counts
    return counts["read"] == sum(
        counts[name] for name in ("created", "registered", "updated", "unchanged", "skipped")
    )


def test_rows_become_contracts_filings_and_entries(cast: Cast) -> None:
    rows = [values(n) for n in range(1, 13)]
    batch = checked(cast, as_csv(rows))
    assert (batch.status, numbers(batch)) == ("checked", {"read": 12, "created": 12})
    assert not Filing.objects.exists()
    batch = carried_out(cast, batch)
    assert (batch.status, batch.done) == ("done", 12)
    assert (Filing.objects.count(), LedgerEntry.objects.count()) == (12, 12)
    total = queries.registered_total("city", "2021-01", "2027-01")
    fen = sum(int(row["total"].replace(".", "")) * 10_000 for row in rows)
    assert (total.contracts, total.amount_fen) == (12, fen)
    assert verify().findings == []
    filing = Filing.objects.get(official_number=rows[0]["official_number"])
    assert (filing.status, filing.recognised_type) == ("registered", "KF2")
    assert filing.contract.origin == "import"


def test_a_workbook_is_read_too_and_a_second_import_changes_nothing(cast: Cast) -> None:
    data = as_xlsx([values(n) for n in range(1, 6)])
    carried_out(cast, checked(cast, data, "登记表.xlsx"))
    entries = LedgerEntry.objects.count()
    again = checked(cast, data, "登记表.xlsx")
    assert numbers(again) == {"read": 5, "unchanged": 5}
    with pytest.raises(Refused, match="没有可以写入的行"):
        imports.confirm_import(again, plan=again.plan_sha256, actor=cast.registrar_city)
    assert LedgerEntry.objects.count() == entries


def test_bad_rows_are_named_by_row_and_column(cast: Cast) -> None:
    rows = [
        values(1),
        values(2, technical="99999"),
        values(3, official_number="37130112345"),
        values(4, signed_on="2026-12-01", official_on="2026-10-01"),
        values(5, contract_type="买卖合同"),
        values(6, total="很多"),
        values(7, seller=""),
        values(1, title="同号"),
        values(9, official_on="2027-01-01"),
    ]
    batch = checked(cast, as_csv(rows))
    assert numbers(batch) == {"read": 9, "created": 1, "skipped": 8}
    assert reconciles(batch)
    said = {(one["row"], one["column"]) for one in batch.problems}
    assert said >= {
        (3, "技术交易额"),
        (4, "合同登记编号"),
        (5, "登记日期"),
        (6, "合同类型"),
        (7, "合同成交额"),
        (8, "卖方名称"),
        (9, "合同登记编号"),
        (10, "登记日期"),
    }
    batch = carried_out(cast, batch)
    assert Filing.objects.count() == 1


def test_a_changed_row_becomes_an_adjustment_in_the_open_month(cast: Cast) -> None:
    carried_out(cast, checked(cast, as_csv([values(1), values(2)])))
    changed = values(1, total="88", technical="44", title="改名")
    batch = checked(cast, as_csv([changed, values(2)]))
    assert numbers(batch) == {"read": 2, "updated": 1, "unchanged": 1}
    batch = carried_out(cast, batch)
    filing = Filing.objects.get(official_number=changed["official_number"])
    assert (filing.status, filing.recognised_total_fen) == ("changed", 88 * WAN)
    assert filing.contract.title == "改名"
    kinds = LedgerEntry.objects.filter(filing=filing).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["register", "reverse", "adjust"]
    assert queries.live_entry(filing.pk).period.month == "2026-11"
    assert verify().findings == []
    again = checked(cast, as_csv([changed, values(2)]))
    assert numbers(again) == {"read": 2, "unchanged": 2}


def test_a_total_that_does_not_add_up_is_named_and_the_rows_are_kept(cast: Cast) -> None:
    """The regional table of a stored source: 16 cities add up to 428.4, printed is 427.3."""
    amounts = ["100.4", "90", "80", "70", "60", "28"]
    rows = [values(n, total=text, technical="1") for n, text in enumerate(amounts, 1)]
    batch = checked(cast, as_csv(rows, total_line("427.3", "6")))
    assert numbers(batch) == {"read": 7, "created": 6, "skipped": 1}
    (remark,) = batch.counts["remarks"]
    assert "427.3" in remark
    assert "428.4" in remark
    assert "1.1" in remark
    assert (batch.problems[0]["row"], batch.problems[0]["text"]) == (8, "合计行，不是合同")
    carried_out(cast, batch)
    assert queries.registered_total("city", "2021-01", "2027-01").amount_fen == 428_400_000


def test_a_total_that_adds_up_is_passed_over(cast: Cast) -> None:
    rows = [values(n, total="10", technical="1") for n in range(1, 4)]
    assert checked(cast, as_csv(rows, total_line("30", "3"))).counts["remarks"] == []


@pytest.mark.parametrize(
    ("unit", "amount", "word"), [("wan", "860000", "万元"), ("yuan", "86", "元")]
)
def test_an_implausible_median_warns_of_the_unit(
    cast: Cast, unit: str, amount: str, word: str
) -> None:
    headings = [name.replace("（万元）", "") for name in HEADINGS]
    rows = [values(n, total=amount, technical="1") for n in range(1, 6)]
    batch = checked(cast, as_csv(rows, headings=headings), unit=unit)
    (remark,) = batch.counts["remarks"]
    assert f"按“{word}”读取" in remark


def test_a_sheet_without_unit_asks_for_it_and_the_answer_is_remembered(cast: Cast) -> None:
    headings = [name.replace("（万元）", "") for name in HEADINGS]
    headings[0] = "我们的号"
    data = as_csv([values(1)], headings=headings)
    batch = checked(cast, data)
    assert "合同登记编号" in batch.error
    with pytest.raises(Stale):
        imports.map_headings(batch, {}, unit="wan", actor=cast.registrar_city, rev=batch.rev - 1)
    imports.map_headings(
        batch, {"我们的号": "official_number"}, unit="wan", actor=cast.registrar_city, rev=batch.rev
    )
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.error, numbers(batch)) == ("", {"read": 1, "created": 1})
    carried_out(cast, batch)
    assert RegisterMapping.objects.get().headings == {"我们的号": "official_number"}
    again = checked(cast, data, unit="wan")
    assert numbers(again) == {"read": 1, "unchanged": 1}


def test_only_the_plan_that_was_shown_is_carried_out(cast: Cast) -> None:
    batch = checked(cast, as_csv([values(1)]))
    with pytest.raises(Stale):
        imports.confirm_import(batch, plan="0" * 64, actor=cast.registrar_city)
    storage.locate(batch.plan_path).chmod(0o600)
    storage.locate(batch.plan_path).write_text("{}\n")
    with pytest.raises(Stale):
        imports.confirm_import(batch, plan=batch.plan_sha256, actor=cast.registrar_city)
    assert not Filing.objects.exists()


def test_a_registration_that_changed_after_the_check_is_left_and_named(cast: Cast) -> None:
    carried_out(cast, checked(cast, as_csv([values(1)])))
    batch = checked(cast, as_csv([values(1, total="77"), values(2)]))
    Filing.objects.update(rev=99)
    batch = carried_out(cast, batch)
    assert numbers(batch) == {"read": 2, "created": 1, "skipped": 1}
    assert reconciles(batch)
    assert "有了变动" in batch.problems[-1]["text"]


@pytest.mark.parametrize("role", ["registrar_county", "operator", "member", "authority", "auditor"])
def test_only_registrars_of_the_city_import(cast: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        imports.start_import(actor=cast[role], file_name="x", file_path="x", file_sha256="x")


def test_a_run_that_was_killed_goes_on_behind_its_last_step(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is one transaction with its place: what was cut off in the middle left nothing."""
    monkeypatch.setattr(runs, "STEP", 4)
    batch = checked(cast, as_csv([values(n) for n in range(1, 12)]))
    real, calls = imports.carry_out, []

    def dies(*args: Any) -> Any:
        calls.append(1)
        late = real(*args)
        if len(calls) == 2:
            raise SystemExit
        return late

    monkeypatch.setattr(imports, "carry_out", dies)
    imports.confirm_import(batch, plan=batch.plan_sha256, actor=cast.registrar_city)
    with pytest.raises(SystemExit):
        jobs.run_open()
    batch.refresh_from_db()
    assert (batch.done, Filing.objects.count(), LedgerEntry.objects.count()) == (4, 4, 4)
    batch.job.__class__.objects.filter(pk=batch.job_id).update(status="queued")
    jobs.run_open()
    batch.refresh_from_db()
    assert (batch.status, batch.done, Filing.objects.count()) == ("done", 11, 11)
    assert Contract.objects.count() == 11
    assert verify().findings == []


def test_contracts_registered_elsewhere_stay_out_of_the_ledger(cast: Cast) -> None:
    row = values(
        1,
        official_number="20263701010000" + "01",
        official_on="2026-03-02",
        signed_on="2026-02-01",
        seller_district="370102",
        buyer_district="371302",
    )
    carried_out(cast, checked(cast, as_csv([row])))
    filing = Filing.objects.get()
    assert (filing.registered_elsewhere, filing.district) == (True, "371302")
    assert not LedgerEntry.objects.exists()
    assert verify().findings == []
