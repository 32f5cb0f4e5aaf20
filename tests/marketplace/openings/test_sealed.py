"""Sealed bids open with t shares; who is at fault where one does not, and what ends the wait."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.bids import services as bids
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid
from marketplace.custody import sealing
from marketplace.files.models import Attachment
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.openings import queries, services
from marketplace.openings.models import OpenedBid, Opening, Reveal, Share
from marketplace.openings.services import clockwork, unpacking
from marketplace.taxonomy.queries import later_by
from marketplace.tenders import services as tenders
from tests.cast import Cast
from tests.factories.bids import Seal, form_for, make_draft, make_sealed_tender
from tests.factories.files import pdf_bytes
from tests.factories.openings import begin, come, hand_in_sealed, past, shares
from tests.factories.parties import OrganizationFactory, make_member

pytestmark = pytest.mark.django_db


def fresh(opening: Opening) -> Opening:
    return Opening.objects.select_related("tender__owner").get(pk=opening.pk)


def row_of(bid: Bid) -> OpenedBid:
    return queries.bid_rows().get(bid=bid)


def bidder(name: str) -> tuple[Any, Any]:
    org = OrganizationFactory(name=name)
    return org, make_member(org, "org_admin")


def reveal(bid: Bid, seal: Seal) -> str:
    return sealing.to_base64(sealing.recover(sealing.parse(seal.header), seal.key))


def test_two_of_three_open_what_is_listed_and_nothing_else(cast: Cast) -> None:
    """One keeper is not enough; a withdrawn and a superseded envelope stay closed; a bad file is named."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    second, admin = bidder("第二投标单位")
    bid = make_draft(tender, cast.university, cast.university_member)
    hand_in_sealed(bid, cast.university_admin, price=11)
    files = {"方案.pdf": pdf_bytes(), "木马.exe": b"MZ" + b"\0" * 100}
    hand_in_sealed(bid, cast.university_admin, price=77_000_000, files=files)
    gone = make_draft(tender, second, admin)
    hand_in_sealed(gone, admin)
    bids.withdraw_bid(gone, actor=admin)
    with past(tender):
        opening = begin(tender)
        assert [row.bid_id for row in opening.bids.all()] == [bid.pk]
        row = keepers.rows[0]
        sent = shares(opening, keepers, row)
        assert set(sent) == {bid.code}
        with pytest.raises(Forbidden):
            services.post_shares(opening, row, sent, actor=keepers.rows[1].person)
        with pytest.raises(Forbidden):
            services.post_shares(opening, row, sent, actor=cast.operator)
        for wrong in ({}, {bid.code: "nonsense!"}, {bid.code: "A" * 40}):
            with pytest.raises(InvalidInput):
                services.post_shares(opening, row, wrong, actor=row.person)
        assert services.post_shares(opening, row, sent, actor=row.person) == 1
        assert services.post_shares(opening, row, sent, actor=row.person) == 0
        assert services.post_shares(opening, row, {gone.code: ""}, actor=row.person) == 0
        services.open_ready(fresh(opening))
        assert (row_of(bid).outcome, row_of(bid).form) == ("waiting", {})
        come(opening, keepers, 2)
        found = row_of(bid)
        assert (found.outcome, found.price, found.envelope.revision) == ("opened", 77_000_000, 2)
        assert found.files == [
            {"name": "方案.pdf", "size": len(pdf_bytes()), "code": "", "reason": ""},
            {"name": "木马.exe", "size": 102, "code": "", "reason": ""},
        ]
        services.unpack_files(found)
        services.unpack_files(row_of(bid))
        minutes = queries.minutes_of(fresh(opening))
        with pytest.raises(Refused, match="已经结束"):
            services.post_shares(opening, row, sent, actor=row.person)
    good, bad = row_of(bid).files
    kept = Attachment.objects.get()
    assert (good["code"], kept.name, kept.subject_id) == (kept.code, "方案.pdf", found.pk)
    assert (bad["code"], bad["reason"].startswith("“木马.exe”：")) == ("", True)
    bid.refresh_from_db()
    gone.refresh_from_db()
    opening, lot = fresh(opening), tender.lots.get()
    assert (bid.status, gone.status, opening.status, lot.stage) == (
        "opened",
        "withdrawn",
        "opened",
        "opened",
    )
    assert [(one.code, one.came_at is not None, one.was_wrong) for one in minutes.keepers] == [
        (keepers.rows[0].code, True, False),
        (keepers.rows[1].code, False, False),
        (keepers.rows[2].code, True, False),
    ]
    [line] = minutes.lots[0].bids
    assert (line.code, line.outcome, line.bidder, line.price) == (bid.code, "opened", "", None)
    assert minutes.receipts == 3


def test_a_lying_keeper_and_a_lying_bidder_are_told_apart(cast: Cast) -> None:
    """The keeper's wrong share is on record; the bidder's box is disputed until his key proves it."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    second, admin = bidder("第二投标单位")
    honest = make_draft(tender, cast.university, cast.university_member)
    hand_in_sealed(honest, cast.university_admin)
    liar = make_draft(tender, second, admin)
    seal = Seal(liar, form_for(tender))
    # The hashes of two shares are not those of what is sealed.
    header = sealing.parse(seal.header)
    for box in header["recipients"][:2]:
        box["share_sha256"] = sealing.sha256(b"other")
    seal.header = sealing.canonical(header)
    hand_in_sealed(liar, admin, seal)
    with past(tender):
        opening = begin(tender)
        first = keepers.rows[0]
        sent = shares(opening, keepers, first)
        wrong = sealing.to_base64(b"\1" + b"x" * 32)
        services.post_shares(opening, first, sent | {honest.code: wrong}, actor=first.person)
        come(opening, keepers, 1)
        # Honest: one wrong, one good, one to come. Liar: two that differ, one to come: it cannot be enough.
        assert (row_of(honest).outcome, row_of(liar).outcome) == ("waiting", "disputed")
        come(opening, keepers, 2)
        assert row_of(honest).outcome == "opened"
        assert row_of(liar).outcome == "disputed"
        minutes = queries.minutes_of(fresh(opening))
        assert [one.was_wrong for one in minutes.keepers] == [True, False, False]
        # Only the bidder decides it: his key proves that the boxes are not what the header says.
        key = reveal(liar, seal)
        with pytest.raises(Forbidden):
            services.reveal_key(row_of(liar), key, actor=cast.university_admin)
        with pytest.raises(InvalidInput):
            services.reveal_key(row_of(liar), sealing.to_base64(b"k" * 32), actor=admin)
        with pytest.raises(Refused, match="已有结论"):
            services.reveal_key(row_of(honest), key, actor=cast.university_admin)
        services.reveal_key(row_of(liar), key, actor=admin)
        services.reveal_key(row_of(liar), "again", actor=admin)
        services.open_ready(fresh(opening))
    found = row_of(liar)
    assert (found.outcome, found.cause, found.form) == ("unreadable", "bidder", {})
    assert "sealed as announced" in found.finding or "core" in found.finding or found.finding
    assert fresh(opening).status == "opened"
    assert tender.lots.get().stage == "opened"


def test_lost_words_lead_to_the_bidders_and_silence_is_at_their_risk(cast: Cast) -> None:
    """Two of three cannot come: every bidder is asked at once. One reveals, the other does not."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    second, admin = bidder("第二投标单位")
    one = make_draft(tender, cast.university, cast.university_member)
    seal = hand_in_sealed(one, cast.university_admin)
    silent = make_draft(tender, second, admin)
    hand_in_sealed(silent, admin)
    with past(tender):
        opening = begin(tender)
        with pytest.raises(Refused, match="不需要公开密钥"):
            services.reveal_key(row_of(one), reveal(one, seal), actor=cast.university_admin)
        for number in (0, 1):
            keeper = keepers.rows[number]
            services.excuse_keeper(opening, keeper, "lost", "纸条遗失", actor=keeper.person)
            services.open_ready(fresh(opening))
        opening = fresh(opening)
        assert opening.asked_at is not None
        assert {row.bid_id for row in queries.to_reveal(admin)} == {silent.pk}
        end = opening.reveal_until
        services.reveal_key(row_of(one), reveal(one, seal), actor=cast.university_admin)
        services.open_ready(opening)
        assert (row_of(one).outcome, row_of(silent).outcome) == ("opened", "waiting")
    # A suspension moves the end later by whole days, and over days off.
    with clock.shift(end - clock.now() - timedelta(hours=2)):
        tender.refresh_from_db()
        tender = tenders.suspend_tender(tender, reason="核查", actor=cast.authority)
        services.tick()
    with clock.shift(end - clock.now() + timedelta(hours=2)):
        services.tick()
        assert row_of(silent).outcome == "waiting"
        tenders.resume_tender(tender, reason="核查完毕", actor=cast.authority)
        services.tick()
        assert row_of(silent).outcome == "waiting"
    moved = later_by(end, timedelta(hours=4))
    assert fresh(opening).reveal_until == moved
    with clock.shift(moved - clock.now()):
        services.tick()
    found = row_of(silent)
    assert (found.outcome, found.cause) == ("unreadable", "risk")
    silent.refresh_from_db()
    assert silent.status == "unreadable"
    assert (Reveal.objects.count(), Share.objects.count()) == (1, 0)
    assert fresh(opening).status == "opened"


def test_keepers_that_let_two_working_days_pass(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    hand_in_sealed(bid, cast.university_admin)
    with past(tender):
        opening = begin(tender)
        assert [row.pk for row in queries.to_post(keepers.rows[0].person)] == [opening.pk]
        assert list(queries.to_post(cast.approver)) == []
        until = opening.keepers_until
        services.tick()
        assert fresh(opening).asked_at is None
    with clock.shift(until - clock.now() + timedelta(minutes=1)):
        services.tick()
        assert fresh(opening).asked_at is not None
        # They may still come.
        come(opening, keepers, 0, 1)
    assert row_of(bid).outcome == "opened"


def test_a_stored_file_that_was_changed_is_the_operators_fault(cast: Cast) -> None:
    """And a file that the bidder damaged before he sealed its hash is his: nobody can say it was the operator."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    second, admin = bidder("第二投标单位")
    bid = make_draft(tender, cast.university, cast.university_member)
    hand_in_sealed(bid, cast.university_admin, files={"方案.pdf": pdf_bytes()})
    mine = make_draft(tender, second, admin)
    seal = Seal(mine, form_for(tender), {"方案.pdf": pdf_bytes()})
    seal.parts[1][5] ^= 1
    header = sealing.parse(seal.header)
    import hashlib

    digest = hashlib.sha256(hashlib.sha256(bytes(seal.parts[1])).digest()).hexdigest()
    header["files"][1]["digest"] = digest
    seal.header = sealing.canonical(header)
    hand_in_sealed(mine, admin, seal)
    path = store.locate(bid.envelopes.get().files[1]["path"])
    data = bytearray(path.read_bytes())
    data[9] ^= 1
    path.write_bytes(data)
    with past(tender):
        opening = begin(tender)
        come(opening, keepers, 1, 2)
    assert (row_of(bid).outcome, row_of(bid).cause) == ("unreadable", "operator")
    assert (row_of(mine).outcome, row_of(mine).cause) == ("unreadable", "bidder")
    lot = tender.lots.get()
    assert (lot.stage, lot.fail_reason) == ("failed", "没有一份方案能够开启")
    tender.refresh_from_db()
    assert tender.status == "failed"


def test_a_stop_in_the_middle_goes_on_where_it_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one of two bids the process dies; a retry opens the other and nothing twice."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    second, admin = bidder("第二投标单位")
    for org, actor in ((cast.university, cast.university_admin), (second, admin)):
        hand_in_sealed(make_draft(tender, org, actor), actor)
    with past(tender):
        opening = begin(tender)
        for keeper in keepers.rows[:2]:
            services.post_shares(
                opening, keeper, shares(opening, keepers, keeper), actor=keeper.person
            )
        real, calls = clockwork.record, []

        def dying(row: Any, verdict: Any) -> bool:
            calls.append(row.pk)
            if len(calls) == 2:
                raise SystemExit
            return real(row, verdict)

        monkeypatch.setattr(clockwork, "record", dying)
        with pytest.raises(SystemExit):
            services.open_ready(fresh(opening))
        monkeypatch.undo()
        before = {row.pk: row.opened_at for row in opening.bids.filter(outcome="opened")}
        assert list(before) == calls[:1]
        services.open_ready(fresh(opening))
        services.open_ready(fresh(opening))
    after = {row.pk: row.opened_at for row in opening.bids.filter(outcome="opened")}
    assert set(after) == set(calls)
    assert after[calls[0]] == before[calls[0]]
    assert fresh(opening).status == "opened"


def test_a_file_is_stored_and_noted_or_neither(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between a stored file and its note: a retry keeps it once. Of two workers one keeps it."""
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    files = {"方案.pdf": pdf_bytes(), "附图.pdf": pdf_bytes(2)}
    hand_in_sealed(bid, cast.university_admin, files=files)
    with past(tender):
        come(begin(tender), keepers, 0, 1)
        found = row_of(bid)
        with monkeypatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr(unpacking, "_note", _die)
            services.unpack_files(found)
        assert (Attachment.objects.count(), row_of(bid).files[0]["code"]) == (0, "")
        services.unpack_files(found)
        # What this worker read before the other had finished.
        services.unpack_files(found)
    kept = list(Attachment.objects.order_by("pk").values_list("code", flat=True))
    assert [one["code"] for one in row_of(bid).files] == kept
    assert len(kept) == 2


def _die(*_said: Any) -> None:
    raise SystemExit


def test_a_suspended_tender_takes_no_share(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    hand_in_sealed(bid, cast.university_admin)
    with past(tender):
        opening = begin(tender)
        keeper = keepers.rows[0]
        sent = shares(opening, keepers, keeper)
        services.post_shares(opening, keeper, sent, actor=keeper.person)
        tender.refresh_from_db()
        asked = tenders.ask_to_cancel(
            tender, kind="funds", reason="经费没有落实", actor=cast.approver
        )
        tenders.announce_cancellation(asked, actor=cast.operator)
        other = keepers.rows[1]
        with pytest.raises(Refused, match="已暂停"):
            services.post_shares(
                opening, other, shares(opening, keepers, other), actor=other.person
            )
        services.tick()
    with clock.shift(tender.deadline - clock.now() + timedelta(10)):
        tenders.tick()
        services.tick()
    assert (row_of(bid).outcome, row_of(bid).cause) == ("unopened", "cancelled")
    bid.refresh_from_db()
    assert (bid.status, fresh(opening).status) == ("unopened", "opened")
