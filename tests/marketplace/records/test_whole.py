"""One challenge from the need to the counted yuan: sealed bids, keepers, drawn experts, publicity, contract, registration.

Each step is open data that its schema accepts, and at the end the ledger has grown by the contract.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from marketplace.awards import services as awards
from marketplace.awards.models import Result, TaskBook
from marketplace.awards.rulebook import Grade
from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.workflow import Side
from marketplace.evaluation import queries as evaluation
from marketplace.evaluation.models import Panel
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.openings.models import OpenedBid, Opening
from marketplace.records.exports import write_pack
from marketplace.records.models import Release
from marketplace.registration.models import LedgerEntry
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Lot, Tender
from tests.cast import Cast
from tests.factories.bids import hand_in, make_draft, make_sealed_tender
from tests.factories.deals import advance, party, sign
from tests.factories.evaluation import finish, make_expert, make_panel
from tests.factories.openings import begin, come, past
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.registration import make_filing

pytestmark = [pytest.mark.django_db, pytest.mark.shared]
Faults = Callable[[Any], list[Any]]
CANARY = "大豆蛋白胶黏剂七号配方"


def later(stack: ExitStack, at: Any) -> None:
    """Move the clock to a minute after this instant, until the end of the test."""
    stack.enter_context(clock.shift(at - clock.now() + timedelta(minutes=1)))


def releases(row: Tender) -> list[Release]:
    """What was told so far, after every handler has heard."""
    journal.drain()
    return list(Release.objects.filter(tender=row).order_by("number"))


def test_a_challenge_becomes_counted_turnover(
    client: Client, cast: Cast, faults: Faults, django_capture_on_commit_callbacks: Any
) -> None:
    rival = OrganizationFactory(name="沂蒙新材料研究院")
    rival_admin = make_member(rival, role="org_admin")
    experts = [make_expert(operator=cast.operator) for _number in range(7)]
    with ExitStack() as stack:
        row, keepers = make_sealed_tender(
            cast.enterprise, cast.approver, operator=cast.operator, procedure="challenge"
        )
        assert [one.data["tag"] for one in releases(row)] == [["tender"]]
        first = make_draft(row, cast.university, cast.university_member)
        hand_in(first, cast.university_admin, price=80_000_000, scheme=CANARY)
        second = make_draft(row, rival, rival_admin)
        hand_in(second, rival_admin, price=90_000_000)

        stack.enter_context(past(row))
        tenders.tick()
        opening = begin(row)
        before = releases(row)
        text = json.dumps([one.data for one in before], ensure_ascii=False)
        for secret in (CANARY, first.code, cast.university.name, "numberOfTenderers"):
            assert secret not in text
        come(opening, keepers, 0, 2)
        assert Opening.objects.get(pk=opening.pk).is_open
        opened = releases(row)[-1].data
        assert opened["bids"]["statistics"][0] == {"id": "bids", "measure": "bids", "value": 2}
        assert {one["status"] for one in opened["bids"]["details"]} == {"pending"}
        assert "tenderers" not in opened["bids"]["details"][0], "names come with the award"
        assert OpenedBid.objects.get(bid=first).form["scheme"] == CANARY

        lot = Lot.objects.select_related("tender__owner").get(tender=row)
        Tender.objects.filter(pk=row.pk).update(industry="materials")
        panel = make_panel(lot, cast.operator, state="scoring")
        assert len(evaluation.sitting_of(panel)) == 5
        assert {seat.expert for seat in evaluation.sitting_of(panel)} <= set(experts)
        panel = finish(panel, {first.code: ["90"] * 5, second.code: ["80"] * 5})
        result = Result.objects.select_related("tender__owner", "lot").get(lot=lot)
        assert [(e.rank, e.bid) for e in result.entries.all()] == [(1, first), (2, second)]
        assert result.report_hash == panel.report_hash

        assert "awards" not in releases(row)[-1].data, "nobody is named before the publicity"
        result = awards.submit_result(
            result, days=5, contact="采购部 0539-8100000", note="", actor=cast.approver
        )
        result = awards.publish_result(result, actor=cast.operator)
        told = releases(row)[-1].data
        assert told["awards"][0]["status"] == "pending"
        assert told["awards"][0]["suppliers"][0]["name"] == cast.university.name
        publicity = result.awards.get().publicity
        assert publicity is not None
        later(stack, publicity.ends_at)
        awards.confirm_award(Result.objects.get(pk=result.pk), actor=cast.approver)
        assert releases(row)[-1].data["awards"][0]["status"] == "active"

        contract = Contract.objects.get(award__result=result)
        assert contract.amount_total_fen == 80_000_000
        signed(contract, cast)
        journal.drain()
        lot.refresh_from_db()
        assert (lot.stage, lot.contract) == ("contracted", contract.code)
        counted = LedgerEntry.objects.count()
        filing = make_filing(
            cast,
            "registered",
            contract=Contract.objects.get(pk=contract.pk),
            actor=cast.university_admin,
        )
        assert LedgerEntry.objects.count() > counted
        journal.drain()
        lot.refresh_from_db()
        assert lot.registered_as == filing.official_number
        work = TaskBook.objects.get(lot=lot)
        accepted(work, cast)
        last = releases(row)[-1].data
        row.refresh_from_db()
        assert (row.status, last["tender"]["status"]) == ("complete", "complete")
        assert last["contracts"][0]["status"] == "terminated"
        assert filing.official_number in last["contracts"][0]["description"]

        for one in releases(row):
            url = reverse("records:release", args=[row.code, one.number])
            assert faults(client.get(url).json()) == [], one.number
        record = client.get(reverse("records:record", args=[row.code])).json()
        assert faults(record) == []
        tags = [tag for one in releases(row) for tag in one.data["tag"]]
        assert [
            tag for tag in ("tender", "award", "awardUpdate", "contract") if tag not in tags
        ] == []
        seen = json.dumps(record, ensure_ascii=False)
        assert CANARY not in seen
        assert rival.name not in seen, "who was not chosen is not named"
        checked(row, cast)


def signed(contract: Contract, cast: Cast) -> None:
    """The winner keeps the record; both sides confirm the text, and it is signed."""
    known = {
        "basics": {
            "title": contract.title,
            "contract_type": contract.contract_type,
            "subject_text": contract.subject_text,
            "starts_on": clock.today(),
            "ends_on": clock.today() + timedelta(365),
        },
        "parties": {
            "parties": [party(cast.university, Side.SELLER), party(cast.enterprise, Side.BUYER)]
        },
        "money": {"amount_total_fen": contract.amount_total_fen, "payment_mode": "lump"},
        "official": {"field": "05", "aim": "10", "ip_kinds": ["none"], "plan_source": "none"},
    }
    for name, data in known.items():
        contract = deals.save_section(contract, name, data, actor=cast.university_admin)
    contract = advance(contract, "confirmed", cast.university_admin, cast.approver)
    sign(contract, cast.university_admin)


def accepted(work: TaskBook, cast: Cast) -> None:
    """The winner reports each milestone and the whole, and the purchaser accepts them."""
    for stone in work.milestones.all():
        awards.report_milestone(stone, report="已完成", actor=cast.university_admin)
        stone.refresh_from_db()
        awards.judge_milestone(stone, "approve", actor=cast.approver)
    work.refresh_from_db()
    work = awards.submit_delivery(work, summary="指标全部达到", actor=cast.university_admin)
    finding = awards.Finding(clock.today(), "专家组五人", "达到全部指标", Grade.choices[0][0])
    awards.accept_delivery(work, finding, actor=cast.approver)


def checked(row: Tender, cast: Cast) -> None:
    """The pack has every chapter, and each of its files has the sum that it says."""
    with write_pack(row, cast.auditor) as pack, zipfile.ZipFile(io.BytesIO(pack.read())) as archive:
        names = set(archive.namelist())
        sums = dict(
            reversed(line.split("  ", 1))  # type: ignore[misc]
            for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        assert names == {*sums, "SHA256SUMS"}
        for name, digest in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest, name
        folders = sorted({name.split("/")[0] for name in names if "/" in name})
        assert folders == [
            "01-notice",
            "02-questions-and-changes",
            "03-bids-as-handed-in",
            "04-opening",
            "05-evaluation",
            "06-results",
            "07-publicity-and-objections",
            "08-contract-and-work",
            "09-journal",
        ]
        panels = json.loads(archive.read("05-evaluation/panels.json"))
        seed = bytes.fromhex(panels[0]["seed"])
        assert hashlib.sha256(seed).hexdigest() == panels[0]["seed_hash"]
        assert len(json.loads(archive.read("05-evaluation/scores.json"))) > 0
        assert "05-evaluation/approaches.json" not in names, "these are the authority's alone"
        assert CANARY in archive.read("04-opening/bids.json").decode()
    assert not cast.approver.has_perm("records.audit_tender", row)
    assert cast.authority.has_perm("records.audit_tender", row)
    assert Panel.objects.count() == 1
