"""One undertaking as its parties, its registrars and strangers see it; the pack that its reader takes along."""

import hashlib
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import pytest

from marketplace.brokerage.models import Introduction
from marketplace.deals import services as deals
from marketplace.deals.queries import files_of
from marketplace.enquiries import rulebook, services
from marketplace.enquiries.models import Intent
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.codes import new_code
from marketplace.kernel.errors import NotVisible
from marketplace.taxonomy import services as taxonomy
from marketplace.threads import exports
from marketplace.threads.queries import thread_of
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import make_contract, sign
from tests.factories.enquiries import make_enquiry
from tests.factories.mandates import make_introduction
from tests.factories.needs import make_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def code_lists(db: None) -> None:
    taxonomy.load_seeds()


@pytest.fixture
def undertaking(cast: Cast) -> dict[str, Any]:
    """See `make_undertaking`."""
    return make_undertaking(cast)


def make_undertaking(cast: Cast) -> dict[str, Any]:
    """A need of the enterprise, a question of the university, an agreed intent, a signed contract."""
    need = make_need(cast.enterprise, cast.member, title="人造板胶黏剂降醛", state="published")
    enquiry = make_enquiry(
        need, cast.university, cast.university_member, state="talking", owner=cast.member
    )
    intent = services.propose_intent(
        enquiry,
        {
            "contract_kind": "development",
            "subject": "低甲醛胶黏剂工艺开发",
            "amount_fen": 86_000_000,
            "checks": {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS},
        },
        actor=cast.approver,
    )
    services.accept_intent(intent, actor=cast.university_admin)
    contract = deals.create_from_intent(intent, actor=cast.university_admin)
    return {"need": need, "enquiry": enquiry, "intent": intent, "contract": contract}


def stages(user: Any, code: str) -> dict[str, list[str]]:
    return {row.name: [piece.code for piece in row.pieces] for row in thread_of(user, code).stages}


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_enquiry_and_contract_lead_to_the_same_records(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    expected = {
        "listing": [undertaking["need"].code],
        "match": [],
        "enquiry": [undertaking["enquiry"].code],
        "introduction": [],
        "intent": [undertaking["intent"].code],
        "tender": [],
        "publicity": [],
        "contract": [undertaking["contract"].code],
        "filing": [],
        "entry": [],
        "performance": [],
    }
    for person in (cast.member, cast.university_member):
        assert stages(person, undertaking["enquiry"].code) == expected
        assert stages(person, undertaking["contract"].code) == expected


def test_gaps_are_shown_as_gaps(cast: Cast, undertaking: dict[str, Any]) -> None:
    thread = thread_of(cast.member, undertaking["contract"].code)
    assert [row.name for row in thread.stages if row.is_gap] == []
    assert [row.name for row in thread.stages if row.is_skipped] == [
        "match",
        "introduction",
        "tender",
        "publicity",
    ]


def test_a_price_that_must_be_public_and_a_contract_from_nowhere_are_gaps(cast: Cast) -> None:
    contract = make_contract(cast.university, cast.university_member, cast.enterprise)
    stages = {row.name: row for row in thread_of(cast.university_member, contract.code).stages}
    assert [name for name, row in stages.items() if row.is_gap] == ["listing", "enquiry", "intent"]
    type(contract).objects.filter(pk=contract.pk).update(is_state_held=True, contract_type="ZR1")
    stages = {row.name: row for row in thread_of(cast.university_member, contract.code).stages}
    assert stages["publicity"].is_gap
    assert stages["tender"].is_skipped


def test_what_was_done_since_the_signature_stands_in_it(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    admin = cast.university_admin
    contract = sign(undertaking["contract"], admin)
    paid = deals.record_payment(
        contract, paid_on=clock.today(), amount_fen=20_000_000, note="首付款", actor=admin
    )
    contract.refresh_from_db()
    deals.record_invoice(
        contract,
        number="26372000000012345678",
        issued_on=clock.today(),
        amount_fen=20_000_000,
        payment_id=paid.pk,
        actor=admin,
    )
    deals.reverse_payment(paid, reason="记错了合同", actor=admin)
    deals.propose_amendment(
        contract, "basics", {"place": "临沂"}, reason="补充履行地点", actor=admin
    )
    [stage] = [
        row for row in thread_of(cast.member, contract.code).stages if row.name == "performance"
    ]
    assert [(str(row.title), str(row.state)) for row in stage.pieces] == [
        ("20 万元", "已付款"),
        ("−20 万元", "付款更正"),
        ("发票 26372000000012345678", "已开票"),
        ("第 1 次变更", "待对方同意"),
    ]
    assert stage.days is None
    assert [row.label for row in stage.pieces[1].facts] == ["备注"]


def test_strangers_have_no_thread(cast: Cast, undertaking: dict[str, Any]) -> None:
    for code in (undertaking["enquiry"].code, undertaking["contract"].code):
        for person in (cast.outsider, cast.editor):
            with pytest.raises(NotVisible):
                thread_of(person, code)
            assert signed_in(person).get(f"/workbench/threads/{code}/").status_code == 404


@pytest.mark.parametrize("code", ["HT2026-000000-0", "nonsense", "XQ2026-7KQ4ZM-H", "ZX%00"])
def test_codes_that_name_nothing_are_not_found(cast: Cast, code: str) -> None:
    assert signed_in(cast.member).get(f"/workbench/threads/{code}/").status_code == 404


def test_a_broker_sees_what_the_introduction_gives_and_no_conversation(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    broker = make_broker(cast.broker)
    claim = make_introduction(broker, cast.enterprise, cast.university, undertaking["need"])
    type(undertaking["contract"]).objects.filter(pk=undertaking["contract"].pk).update(
        introduction=claim
    )
    deals_code = undertaking["contract"].code
    assert stages(cast.member, deals_code)["introduction"] == [claim.code]
    with pytest.raises(NotVisible):
        thread_of(cast.broker, deals_code)


def test_the_page_names_each_stage(cast: Cast, undertaking: dict[str, Any]) -> None:
    page = signed_in(cast.member).get(f"/workbench/threads/{undertaking['contract'].code}/")
    text = page.content.decode()
    for word in (
        "需求与成果",
        "人造板胶黏剂降醛",
        "低甲醛胶黏剂工艺开发",
        "并非每一单",
        "打包下载",
    ):
        assert word in text


def test_pages_of_enquiry_and_contract_lead_here(cast: Cast, undertaking: dict[str, Any]) -> None:
    client = signed_in(cast.member)
    for path, code in (
        ("enquiries", undertaking["enquiry"].code),
        ("contracts", undertaking["contract"].code),
    ):
        page = client.get(f"/workbench/{path}/{code}/").content.decode()
        assert f"/workbench/threads/{code}/" in page


# --- the pack ---------------------------------------------------------------------------------
def pack_of(user: Any, code: str) -> zipfile.ZipFile:
    answer = signed_in(user).post(f"/workbench/threads/{code}/pack/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_pack_holds_what_its_reader_may_open_and_its_sums_are_right(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    contract = sign(undertaking["contract"], cast.university_admin)
    pack = pack_of(cast.member, contract.code)
    sums = dict(
        reversed(line.split("  ", 1)) for line in pack.read("SHA256SUMS").decode().splitlines()
    )
    assert set(sums) == set(pack.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(pack.read(name)).hexdigest() == digest
    record = json.loads(pack.read("record.json"))
    scan = files_of(contract)[0]
    assert [row["code"] for row in record["files"]] == [scan.code]
    assert f"files/contract/{scan.code}.pdf" in sums


def test_the_real_program_accepts_the_list_and_names_a_changed_file(
    cast: Cast, undertaking: dict[str, Any], tmp_path: Path
) -> None:
    contract = sign(undertaking["contract"], cast.university_admin)
    pack_of(cast.member, contract.code).extractall(tmp_path)

    def checked() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sha256sum", "--check", "--strict", "SHA256SUMS"],
            cwd=tmp_path,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )

    found = checked()
    assert (found.returncode, found.stderr) == (0, "")
    files = [one for one in tmp_path.rglob("*") if one.is_file() and one.name != "SHA256SUMS"]
    assert sorted(found.stdout.splitlines()) == sorted(
        f"{one.relative_to(tmp_path)}: OK" for one in files
    )
    assert len(files) == 3
    (tmp_path / "record.json").write_text("{}")
    assert "record.json: FAILED" in checked().stdout


def test_each_file_in_the_pack_is_a_download_in_the_journal(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    contract = sign(undertaking["contract"], cast.university_admin)
    before = Entry.objects.filter(event__endswith="AttachmentDownloaded").count()
    pack_of(cast.member, contract.code)
    assert Entry.objects.filter(event__endswith="AttachmentDownloaded").count() == before + 1


def test_what_does_not_fit_is_named_and_left_out(
    cast: Cast, undertaking: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = sign(undertaking["contract"], cast.university_admin)
    monkeypatch.setattr(exports, "MOST_BYTES", 10)
    pack = pack_of(cast.member, contract.code)
    (row,) = json.loads(pack.read("record.json"))["files"]
    assert row["path"] == ""
    assert row["left_out"]
    assert not [name for name in pack.namelist() if name.startswith("files/")]


def test_queries_do_not_grow_with_the_messages(cast: Cast, undertaking: dict[str, Any]) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            thread_of(cast.member, undertaking["enquiry"].code)
        return len(found)

    before = cost()
    for n in range(30):
        services.write(undertaking["enquiry"], f"第 {n} 次往来", actor=cast.member)
    assert cost() == before


def test_a_long_thread_costs_what_a_short_one_costs(
    cast: Cast, undertaking: dict[str, Any]
) -> None:
    """The page with one introduction and one intent, and with five of each."""
    code = undertaking["contract"].code
    client = signed_in(cast.member)

    def cost() -> int:
        client.get(f"/workbench/threads/{code}/")
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/workbench/threads/{code}/").status_code == 200
        return len(found)

    def introduce() -> None:
        make_introduction(make_broker(), cast.enterprise, cast.university, undertaking["need"])
        Introduction.objects.update(enquiry=undertaking["enquiry"])

    introduce()
    short = cost()
    for _n in range(4):
        introduce()
        again = Intent.objects.get(pk=undertaking["intent"].pk)
        again.pk, again.code, again.status = None, new_code("YX"), "withdrawn"
        again.save(force_insert=True)
    sizes = {name: len(codes) for name, codes in stages(cast.member, code).items()}
    assert (sizes["introduction"], sizes["intent"]) == (5, 5)
    assert cost() == short


def test_the_api_gives_the_same_stages(cast: Cast, undertaking: dict[str, Any]) -> None:
    code = undertaking["contract"].code
    body = signed_in(cast.member).get(f"/api/v1/threads/{code}/").json()
    assert body["code"] == code
    assert {row["name"]: [p["code"] for p in row["pieces"]] for row in body["stages"]} == stages(
        cast.member, code
    )
    assert signed_in(cast.outsider).get(f"/api/v1/threads/{code}/").status_code == 404
