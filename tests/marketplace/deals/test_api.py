"""The rest of the API of contracts: texts, signature, amendments, origins, payments, milestones; hostile bodies."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.deals import services
from marketplace.deals.models import Contract
from marketplace.deals.services import ImportedParty, ImportedRow
from marketplace.kernel import clock
from tests.cast import Cast
from tests.factories.brokerage import make_broker
from tests.factories.deals import make_contract
from tests.factories.files import pdf_bytes, upload
from tests.factories.needs import make_need
from tests.marketplace.deals.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = clock.today().isoformat()


def where(contract: Contract, path: str = "") -> str:
    return reverse("api:contract_detail", args=[contract.code]) + path


def rev_of(client: Client, contract: Contract) -> int:
    return int(client.get(where(contract)).json()["rev"])


def post(
    client: Client,
    contract: Contract,
    path: str,
    *,
    key: str = "",
    rev: int | None = None,
    **body: Any,
) -> Any:
    """Send JSON on the present version."""
    sent = {"rev": rev_of(client, contract) if rev is None else rev} | body
    return client.post(
        where(contract, path),
        sent,
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else None,
    )


def post_file(client: Client, contract: Contract, path: str, **fields: Any) -> Any:
    """Send the fields of a form on the present version."""
    return client.post(where(contract, path), {"rev": rev_of(client, contract)} | fields)


def test_from_the_text_to_the_signature(cast: Cast, draft: Contract) -> None:
    member, approver = signed_in(cast.member), signed_in(cast.approver)
    other = signed_in(cast.university_admin)
    assert member.get(where(draft, "texts/")).json() == []
    put = post(member, draft, "texts/", origin="generated")
    assert (put.status_code, put.json()["status"]) == (200, "confirming")
    [text] = member.get(where(draft, "texts/")).json()
    kept = draft.texts.get()
    assert (text["number"], text["sha256"], text["origin"]) == (1, kept.sha256, "generated")
    assert text["file"] == {"name": f"{draft.code}.docx", "url": kept.file.url}
    assert text["parties"] == [
        {
            "side": side,
            "position": 1,
            "name": name,
            "is_inside": True,
            "confirmed_at": None,
            "attested": False,
        }
        for side, name in (("seller", "沂蒙磁材有限公司"), ("buyer", "沂州理工大学"))
    ]
    assert "confirm" not in member.get(where(draft)).json()["available_actions"]
    assert "confirm" in approver.get(where(draft)).json()["available_actions"]
    assert post(approver, draft, "confirm/", sha256="0" * 64).status_code == 409
    assert post(approver, draft, "confirm/", sha256=text["sha256"]).status_code == 200
    done = post(other, draft, "confirm/", sha256=text["sha256"])
    assert (done.status_code, done.json()["status"]) == (200, "confirmed")
    [text] = other.get(where(draft, "texts/")).json()
    assert text["settled_at"]
    assert all(row["confirmed_at"] for row in text["parties"])

    fields = {"signed_on": TODAY, "fully_sealed": "true"}
    assert post_file(approver, draft, "sign/", **fields).json()["errors"][0]["field"] == "file"
    stale = approver.post(
        where(draft, "sign/"), fields | {"rev": 1, "file": upload(pdf_bytes(), "a.pdf")}
    )
    assert (stale.status_code, stale.json()["present"]["code"]) == (409, draft.code)
    answer = post_file(approver, draft, "sign/", file=upload(pdf_bytes(), "合同.pdf"), **fields)
    assert (answer.status_code, answer.json()["status"]) == (200, "signed")
    assert answer.json()["signed_on"] == TODAY
    better = post_file(member, draft, "copies/", file=upload(pdf_bytes(2), "清晰.pdf"))
    assert better.status_code == 200
    copies = other.get(where(draft, "copies/")).json()
    assert [(row["form"], row["fully_sealed"]) for row in copies] == [
        ("scan", True),
        ("scan", False),
    ]
    assert copies[0]["sha256"] == draft.copies.first().sha256  # type: ignore[union-attr]


def test_an_outside_party_is_attested(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, state="confirming")
    client, sha256 = signed_in(cast.approver), contract.texts.get().sha256
    typed: dict[str, Any] = {"side": "buyer", "position": 1, "sha256": sha256}

    def sent(**more: Any) -> Any:
        scan = upload(pdf_bytes(), "盖章.pdf")
        return post_file(client, contract, "texts/attest/", **(typed | {"scan": scan} | more))

    assert sent(position=7).json()["errors"][0]["field"] == "position"
    assert sent(sha256="f" * 64).status_code == 409
    assert sent(side="broker").status_code == 400
    assert sent(scan=upload(b"MZ", "盖章.pdf")).json()["errors"][0]["field"] == "scan"
    assert sent(side="seller").status_code == 409
    assert sent().status_code == 200
    done = contract.texts.get().confirmations.get()
    assert (done.attested, done.by_id, done.party.side) == (True, cast.approver.pk, "buyer")


def test_amendments(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    client, other = signed_in(cast.approver), signed_in(cast.university_admin)
    asked = {"section": "money", "values": {"amount_total_fen": 90_000_000}, "reason": "增加中试"}
    rev = rev_of(client, contract)
    made = post(client, contract, "amendments/", key="a1", rev=rev, **asked)
    again = post(client, contract, "amendments/", key="a1", rev=rev, **asked)
    assert (made.status_code, again.status_code) == (201, 200)
    assert (made.json()["number"], again.json()["number"]) == (1, 1)
    assert made.json()["after"]["amount_total_fen"] == 90_000_000
    assert made.json()["available_actions"] == ["withdraw"]
    reused = post(client, contract, "amendments/", key="a1", rev=rev, **asked | {"reason": "别的"})
    assert reused.status_code == 422
    second = post(client, contract, "amendments/", **asked)
    assert second.status_code == 409
    [row] = other.get(where(contract, "amendments/")).json()
    assert (row["status"], sorted(row["available_actions"])) == ("proposed", ["agree", "reject"])
    assert post(client, contract, "amendments/1/", act="agree").status_code == 403
    assert post(other, contract, "amendments/1/", rev=0, act="agree").status_code == 409
    assert Contract.objects.get().amount_total_fen == 86_000_000
    agreed = post(other, contract, "amendments/1/", act="agree")
    assert (agreed.status_code, agreed.json()["status"]) == (200, "agreed")
    assert Contract.objects.get().amount_total_fen == 90_000_000
    assert other.get(where(contract, "amendments/2/")).status_code == 404
    for wrong in (
        {"section": "parties"},
        {"values": []},
        {"values": {"amount_total_fen": "1e3"}},
        {"values": {"amount_total_fen": -1}},
        {"reason": "  "},
        {"reason": "\x00"},
    ):
        answer = post(client, contract, "amendments/", **asked | wrong)
        assert answer.status_code == 400, wrong


def test_payments_are_numbered_reversed_once_and_keyed(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="performing")
    contract.instalments.create(position=1, what="首期", amount_fen=30_000_000)
    client = signed_in(cast.member)
    paid = {"paid_on": TODAY, "amount_fen": 30_000_000, "instalment": 1}
    rev = rev_of(client, contract)
    for _twice in range(2):
        answer = post(client, contract, "payments/", key="p1", rev=rev, **paid)
        assert answer.status_code == 200
    assert contract.payments.count() == 1
    assert post(client, contract, "payments/", rev=rev, **paid).status_code == 409
    for name, value in (
        ("instalment", 2),
        ("amount_fen", 0),
        ("amount_fen", 56_000_001),
        ("paid_on", "2999-01-01"),
        ("amount_fen", 1.5),
    ):
        answer = post(client, contract, "payments/", **paid | {name: value})
        assert answer.status_code == 400, (name, value)
        assert answer.json()["errors"][0]["field"] == name
    assert post(client, contract, "reversals/", payment=2, reason="错").status_code == 400
    assert post(client, contract, "reversals/", payment=1, reason="记错了").status_code == 200
    assert post(client, contract, "reversals/", payment=1, reason="再来").status_code == 409
    rows = client.get(where(contract, "payments/")).json()
    assert [(row["number"], row["amount_fen"], row["reverses"]) for row in rows] == [
        (1, 30_000_000, None),
        (2, -30_000_000, 1),
    ]
    assert [row["instalment"] for row in rows] == [1, 1]
    bill = {"number": "24372000000001", "issued_on": TODAY, "amount_fen": 30_000_000, "payment": 1}
    assert post(client, contract, "invoices/", **bill).status_code == 200
    twice = post(client, contract, "invoices/", **bill)
    assert twice.json()["errors"][0]["field"] == "number"
    assert client.get(where(contract, "invoices/")).json() == [bill]


def test_milestones(cast: Cast) -> None:
    contract = make_contract(cast.enterprise, cast.approver, cast.university, state="signed")
    contract.milestones.create(position=1, what="小试")
    client = signed_in(cast.university_member)
    done = {"position": 1, "done_on": TODAY, "note": "报告已交付"}
    wrong = post(client, contract, "milestones/", **done | {"position": 2})
    assert wrong.json()["errors"][0]["field"] == "position"
    assert post(client, contract, "milestones/", **done).status_code == 200
    assert post(client, contract, "milestones/", **done).status_code == 409
    assert client.get(where(contract, "milestones/")).json() == [
        {"position": 1, "what": "小试", "due_on": None, "done_on": TODAY, "note": "报告已交付"}
    ]


def test_the_origin_of_an_imported_contract(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", title="磁性材料工艺开发")
    [key] = services.create_imported(
        [
            ImportedRow(
                title="磁性材料工艺开发",
                contract_type="KF1",
                signed_on=clock.today(),
                amount_total_fen=1_000_000,
                amount_technical_fen=900_000,
                parties=[
                    ImportedParty("seller", "外地大学", "", "022", "370100"),
                    ImportedParty("buyer", "某公司", cast.enterprise.uscc or "", "150", "371302"),
                ],
                columns={},
                desk_district="371302",
            )
        ],
        actor=None,
    )
    contract = Contract.objects.get(pk=key)
    services.propose_origin(contract)
    client = signed_in(cast.approver)
    [row] = client.get(where(contract, "origins/")).json()
    assert (row["kind"], row["record"]) == ("needs", need.code)
    theirs = make_need(cast.other_enterprise, cast.outsider, state="published")
    wrong = post(client, contract, "origins/", kind="needs", record=theirs.code)
    assert wrong.json()["errors"][0]["field"] == "record"
    member = signed_in(cast.member)
    assert post(member, contract, "origins/", kind="needs", record=need.code).status_code == 403
    done = post(client, contract, "origins/", kind="needs", record=need.code)
    assert done.status_code == 200
    contract.refresh_from_db()
    assert (contract.need, contract.origin_confirmed_by) == (need, cast.approver)
    registrar = signed_in(cast.registrar_city)
    assert post(registrar, contract, "origins/", kind="needs", record=need.code).status_code == 409


READS = ("texts/", "copies/", "amendments/", "origins/", "payments/", "invoices/", "milestones/")


def test_a_named_broker_reads_title_parties_state_and_amount_alone(cast: Cast) -> None:
    broker = make_broker(cast.broker)
    cast.broker.forget_access()
    contract = make_contract(
        cast.enterprise,
        cast.approver,
        cast.university,
        state="signed",
        parties=[{"side": "broker", "broker": broker.code}],
    )
    client = signed_in(cast.broker)
    shown = client.get(where(contract)).json()
    assert shown == {
        "code": contract.code,
        "rev": shown["rev"],
        "book": "city",
        "status": "signed",
        "title": "低甲醛胶黏剂工艺开发",
        "contract_type": "KF1",
        "amount_total_fen": 86_000_000,
        "signed_on": TODAY,
        "parties": [
            {"side": "seller", "name": "沂蒙磁材有限公司"},
            {"side": "buyer", "name": "沂州理工大学"},
            {"side": "broker", "name": broker.name},
        ],
        "facts": None,
        "available_actions": [],
    }
    for path in READS:
        assert client.get(where(contract, path)).status_code == 404, path
    for path in ("texts/", "sign/", "copies/", "payments/", "amendments/", "reversals/"):
        assert post(client, contract, path).status_code == 404, path


def test_hostile_bodies_are_bad_requests(cast: Cast, draft: Contract) -> None:
    client = signed_in(cast.approver)
    address = where(draft, "sign/")
    broken = client.post(
        address, b"--x\r\nnonsense", content_type="multipart/form-data; boundary=y"
    )
    assert broken.status_code in {400, 428}
    none = client.post(address, b"a=b", content_type="application/x-www-form-urlencoded")
    assert none.status_code == 415
    for fields in (
        {"signed_on": "2026-02-30"},
        {"signed_on": TODAY, "form": "fax"},
        {"signed_on": TODAY, "fully_sealed": "true", "file": "not a file"},
        {"signed_on": TODAY, "fully_sealed": "true", "file": upload(b"", "空.pdf")},
        {"signed_on": TODAY, "fully_sealed": "true", "file": upload(b"<svg/>", "x.svg")},
        {"signed_on": date(1980, 1, 1).isoformat(), "fully_sealed": "true"},
    ):
        assert post_file(client, draft, "sign/", **fields).status_code == 400, fields
    for sent in ({"origin": "uploaded"}, {"origin": "elsewhere"}, {}):
        assert post(client, draft, "texts/", **sent).status_code == 400, sent
    assert client.get(where(draft, "texts/?page=1")).status_code == 400
    assert Contract.objects.get().status == "draft"
