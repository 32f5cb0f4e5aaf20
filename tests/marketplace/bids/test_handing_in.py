"""From a draft to a receipt: who may, until when, against which keys."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

import pytest

from marketplace.bids import queries, services
from marketplace.bids.adapters import signing, store
from marketplace.bids.models import Bid, Closing, Envelope, Receipt, Upload
from marketplace.bids.services.handing_in import Handover
from marketplace.custody import sealing
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.tenders import services as tenders
from tests.cast import Cast
from tests.factories.bids import (
    Seal,
    form_for,
    hand_in,
    make_bid,
    make_draft,
    make_sealed_tender,
    right_for,
    said,
    stored,
)
from tests.factories.parties import OrganizationFactory, make_member
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def public_key() -> Any:
    return signing.receipt_key().public_key()


def test_a_sealed_bid_gets_a_receipt_that_everybody_can_check(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    seal = Seal(bid, form_for(tender), {"方案.pdf": b"%PDF-1.7 plan"})
    names = seal.send(right_for(bid, cast.university_admin))
    receipt = services.hand_in_sealed(
        bid, seal.header, names, said(bid), actor=cast.university_admin
    )

    bid.refresh_from_db()
    envelope = Envelope.objects.get()
    assert (bid.status, bid.revision, envelope.sealed_by) == ("submitted", 1, "browser")
    assert bytes(envelope.header) == seal.header
    assert envelope.form == {}
    assert stored(bid) == [bytes(seal.parts[0]), bytes(seal.parts[1])]
    [checked] = sealing.verify_receipts(public_key(), [(receipt.blind, bytes(receipt.raw))])
    assert checked == {
        "version": 1,
        "tender": tender.code,
        "lot": "1",
        "bid": bid.code,
        "revision": 1,
        "header": sealing.sha256(seal.header),
        "files": [sealing.sha256(bytes(seal.parts[0])), sealing.sha256(bytes(seal.parts[1]))],
        "previous": sealing.link(None, receipt.blind),
        "time": envelope.received_at.isoformat(),
    }
    # Two of three custodians open it: what is stored is what was sealed.
    header = sealing.parse(bytes(envelope.header))
    shares = []
    for row in keepers.rows[:2]:
        box = next(one for one in header["recipients"] if one["custodian"] == row.code)
        shares.append(sealing.open_box(keepers.keys[row.code], "share", header, row.code, box))
    assert len(shares) == 2


def test_a_bid_without_sealing_keeps_form_and_hash(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    receipt = hand_in(bid, cast.university_admin)
    envelope = Envelope.objects.get()
    header = sealing.parse(bytes(envelope.header))
    assert envelope.sealed_by == "access"
    assert envelope.form == form_for(tender)
    assert header["form"] == sealing.sha256(sealing.canonical(envelope.form))
    assert len(header["salt"]) == 64
    [checked] = sealing.verify_receipts(public_key(), [(receipt.blind, bytes(receipt.raw))])
    assert (checked["header"], checked["revision"]) == (envelope.header_hash, 1)


def test_at_the_deadline_it_is_late_although_no_worker_closed_the_tender(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, cast.university_admin))
    left = tender.deadline - clock.database_now()
    # The clock of the database stands at the deadline to the microsecond.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "database_now", lambda: tender.deadline)
        with pytest.raises(Refused, match="已截止"):
            services.hand_in_sealed(bid, seal.header, names, said(bid), actor=cast.university_admin)
    assert not Envelope.objects.exists()
    tender.refresh_from_db()
    assert tender.status == "tendering"
    with clock.shift(left - timedelta(seconds=2)):
        services.hand_in_sealed(bid, seal.header, names, said(bid), actor=cast.university_admin)
    assert Envelope.objects.get().received_at < tender.deadline


def test_a_replacement_supersedes_and_the_chain_goes_on(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    other = make_bid(tender, cast.other_enterprise, cast.outsider)
    hand_in(bid, cast.university_admin, price=70_000_000)
    bid.refresh_from_db()
    assert (bid.status, bid.revision) == ("submitted", 2)
    rows = list(Receipt.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3]
    chain = sealing.verify_receipts(public_key(), [(row.blind, bytes(row.raw)) for row in rows])
    assert [one["bid"] for one in chain] == [bid.code, other.code, bid.code]
    live = {row.header_hash for row in queries.current_envelopes(tender)}
    newest = Envelope.objects.get(bid=bid, revision=2).header_hash
    assert live == {newest, Envelope.objects.get(bid=other).header_hash}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h, other: {**h, "bid": other},
        lambda h, _other: {**h, "revision": 2},
        lambda h, _other: {**h, "threshold": 3},
        lambda h, _other: {**h, "tender": "ZB2026-AAAAAA-A"},
        lambda h, _other: {**h, "lot": "2"},
        lambda h, _other: {**h, "recipients": h["recipients"][::-1]},
        lambda h, _other: {**h, "sealed_by": "server"},
        lambda h, _other: {**h, "sealed_by": "server", "recovery": None},
        lambda h, _other: {**h, "commitment": h["commitment"][:-1]},
        lambda h, _other: {**h, "more": 1},
    ],
)
def test_a_header_that_was_tampered_with_is_refused(cast: Cast, spoil: Any) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    other = make_draft(tender, cast.other_enterprise, cast.outsider)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, cast.university_admin))
    header = sealing.canonical(spoil(sealing.parse(seal.header), other.code))
    with pytest.raises(InvalidInput) as error:
        services.hand_in_sealed(bid, header, names, said(bid), actor=cast.university_admin)
    assert set(error.value.errors) == {"header"}
    assert (Envelope.objects.count(), Receipt.objects.count()) == (0, 0)


def test_files_that_differ_from_the_header_get_no_receipt(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    seal = Seal(bid, form_for(tender), {"a.pdf": b"a", "b.pdf": b"b"})
    names = seal.send(right_for(bid, cast.university_admin))
    actor = cast.university_admin

    def refused(given: list[str]) -> bool:
        with pytest.raises(InvalidInput) as error:
            services.hand_in_sealed(bid, seal.header, given, said(bid), actor=actor)
        return set(error.value.errors) == {"files"}

    assert refused(names[:2])
    assert refused([names[0], names[2], names[1]])
    assert refused([names[0], names[1], names[1]])
    assert refused([*names[:2], "0" * 32])
    assert refused([*names[:2], "../../etc/passwd"])
    place = store.locate(Upload.objects.order_by("pk").last().path)  # type: ignore[union-attr]
    whole = place.read_bytes()
    place.write_bytes(whole[:-1])
    assert refused(names)
    place.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert refused(names)
    place.write_bytes(whole)
    services.hand_in_sealed(bid, seal.header, names, said(bid), actor=actor)
    # The same files are no second envelope.
    with pytest.raises(InvalidInput):
        services.hand_in_sealed(bid, seal.header, names, said(bid), actor=actor)


def test_members_draft_and_those_who_bind_hand_in(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_member)
    with pytest.raises(Forbidden):
        services.grant_right(bid, actor=cast.university_member)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, cast.university_admin))
    for person in (cast.university_member, cast.outsider, cast.operator, cast.authority):
        with pytest.raises(Forbidden):
            services.hand_in_sealed(bid, seal.header, names, said(bid), actor=person)
    services.hand_in_sealed(bid, seal.header, names, said(bid), actor=cast.university_admin)


def test_who_may_not_bid_reads_why(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    lot = tender.lots.get()
    both = make_member(cast.enterprise, "approver")
    with pytest.raises(Forbidden):
        services.draft_bid(tender, lot, cast.enterprise, actor=both)
    keeper = keepers.rows[0]
    admin = make_member(keeper.organization, "org_admin")
    with pytest.raises(Refused, match="保管这项征集的密钥"):
        services.draft_bid(tender, lot, keeper.organization, actor=admin)
    with pytest.raises(Forbidden):
        services.draft_bid(tender, lot, cast.university, actor=cast.outsider)
    make_draft(tender, cast.university, cast.university_member)
    with pytest.raises(Refused, match="已有一份方案"):
        make_draft(tender, cast.university, cast.university_admin)


def test_nobody_acts_for_two_bidders_in_one_lot(cast: Cast) -> None:
    from marketplace.parties.models import Membership

    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    Membership.objects.create(user=cast.outsider, organization=cast.university, role="org_admin")
    person = type(cast.outsider).objects.get(pk=cast.outsider.pk)
    make_bid(tender, cast.other_enterprise, person)
    with pytest.raises(Refused, match="第四十条"):
        make_draft(tender, cast.university, person)
    # A colleague drafts; the person may not hand it in either.
    bid = make_draft(tender, cast.university, cast.university_member)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, cast.university_admin))
    with pytest.raises(Refused, match="第四十条"):
        services.hand_in_sealed(bid, seal.header, names, said(bid), actor=person)
    assert Envelope.objects.filter(bid=bid).count() == 0


def test_an_unverified_organisation_drafts_and_does_not_hand_in(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    org = OrganizationFactory(name="新单位", status="draft")
    admin = make_member(org, "org_admin")
    bid = make_draft(tender, org, admin)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, admin))
    with pytest.raises(Refused, match="认证后才能提交"):
        services.hand_in_sealed(bid, seal.header, names, said(bid), actor=admin)


def test_the_pledge_and_the_terms_must_have_been_read(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    seal = Seal(bid, form_for(tender))
    names = seal.send(right_for(bid, cast.university_admin))

    def hand(handover: Handover) -> None:
        services.hand_in_sealed(bid, seal.header, names, handover, actor=cast.university_admin)

    with pytest.raises(InvalidInput) as error:
        hand(said(bid, pledge=0))
    assert set(error.value.errors) == {"pledge"}
    with pytest.raises(Refused, match="有变更"):
        hand(said(bid, terms_rev=99))
    with pytest.raises(Stale):
        hand(said(bid, rev=7))
    hand(said(bid, rev=bid.rev))
    assert Envelope.objects.get().pledge == 1


def test_withdrawn_until_the_deadline_also_while_suspended(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    late = make_bid(tender, cast.other_enterprise, cast.outsider)
    tenders.suspend_tender(tender, reason="核查", actor=cast.authority)
    with pytest.raises(Refused, match="已暂停"):
        hand_in(late, cast.outsider)
    with pytest.raises(Forbidden):
        services.withdraw_bid(bid, actor=cast.university_member)
    services.withdraw_bid(bid, actor=cast.university_admin)
    bid.refresh_from_db()
    assert (bid.status, bid.ended_at is not None) == ("withdrawn", True)
    tenders.resume_tender(tender, reason="核查结束", actor=cast.authority)
    # It may begin anew; what was withdrawn stays as it is.
    again = make_bid(tender, cast.university, cast.university_admin)
    tender.refresh_from_db()
    with clock.shift(tender.deadline - clock.now()):
        with pytest.raises(Refused, match="已截止，不能撤回"):
            services.withdraw_bid(late, actor=cast.outsider)
        services.record_closing(tender)
    closing = Closing.objects.get()
    assert closing.hashes == sorted(
        Envelope.objects.get(bid=row).header_hash for row in (again, late)
    )
    assert closing.head == Receipt.objects.order_by("-number").first().digest  # type: ignore[union-attr]


def test_one_live_bid_of_an_organisation_for_a_lot(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bid.objects.create(tender=tender, lot=bid.lot, organization=cast.university)


def test_what_was_handed_in_never_changes(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    make_bid(tender, cast.university, cast.university_admin)
    for rows in (Envelope.objects.all(), Receipt.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(terms_rev=9)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.all()._raw_delete("default")


def test_the_key_of_receipts_is_made_once_and_its_owners_alone(settings: Any) -> None:
    first = signing.public_pem()
    place = Path(settings.BID_RECEIPT_KEY_FILE)
    assert place.stat().st_mode & 0o777 == 0o600
    assert signing.public_pem() == first
    assert [one.name for one in place.parent.glob("receipts*")] == ["receipts.pem"]
