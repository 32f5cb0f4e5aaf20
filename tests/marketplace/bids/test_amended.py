"""After an amendment: stale bids, one click or a new seal, and what is published at the close."""

from typing import Any

from django.db import connection

import pytest

from marketplace.bids import queries, services
from marketplace.bids.adapters import signing
from marketplace.bids.models import Closing, Envelope, Receipt
from marketplace.custody import sealing
from marketplace.journal.models import Entry
from marketplace.journal.services import drain
from marketplace.kernel import clock
from marketplace.kernel.errors import Refused
from marketplace.notices.models import Notice
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.cast import Cast
from tests.factories.bids import (
    Keepers,
    answer_all,
    hand_in,
    make_bid,
    make_draft,
    make_keepers,
    make_sealed_tender,
)
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def amend(tender: Tender, cast: Cast, keepers: Keepers | None = None, **texts: str) -> None:
    """A change that is in force."""
    rows = None if keepers is None else keepers.rows
    row = tenders.propose_amendment(
        tender, texts, reason="补充要求", custodians=rows, actor=cast.approver
    )
    if keepers is not None:
        answer_all(keepers)
    tenders.approve_amendment(row, actor=cast.operator)
    tender.refresh_from_db()


def test_one_click_confirms_with_a_new_receipt(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    assert not queries.standing(bid, tender).is_stale
    with pytest.raises(Refused, match="没有需要确认"):
        services.confirm_bid(bid, terms_rev=1, actor=cast.university_admin)
    amend(tender, cast, conditions="须有两个应用案例。")
    found = queries.standing(bid, tender)
    assert (found.must_confirm, found.must_seal, found.answers_to) == (True, False, 1)
    assert list(queries.to_confirm(cast.university_admin)) == [bid]
    assert list(queries.to_confirm(cast.outsider)) == []
    with pytest.raises(Refused, match="又有变更"):
        services.confirm_bid(bid, terms_rev=1, actor=cast.university_admin)
    receipt = services.confirm_bid(bid, terms_rev=2, actor=cast.university_admin)
    assert not queries.standing(bid, tender).is_stale
    assert (receipt.kind, receipt.terms_rev, receipt.number) == ("confirmed", 2, 2)
    assert Envelope.objects.count() == 1
    chain = [(row.blind, bytes(row.raw)) for row in Receipt.objects.order_by("number")]
    assert len(sealing.verify_receipts(signing.receipt_key().public_key(), chain)) == 2


def test_other_custodians_mean_sealing_again(cast: Cast) -> None:
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    other = make_keepers(cast.operator, 2)
    other.rows.append(keepers.rows[0])
    other.keys |= keepers.keys
    amend(tender, cast, other)
    found = queries.standing(bid, tender)
    assert (found.must_confirm, found.must_seal) == (False, True)
    with pytest.raises(Refused, match="重新密封"):
        services.confirm_bid(bid, terms_rev=tender.terms_rev, actor=cast.university_admin)
    hand_in(bid, cast.university_admin)
    bid.refresh_from_db()
    assert not queries.standing(bid, tender).is_stale


def test_each_bidder_is_told_at_his_own_page(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    Notice.objects.all().delete()
    amend(tender, cast, conditions="须有两个应用案例。")
    drain()
    told = Notice.objects.filter(kind="bids.changed")
    assert [(one.recipient, one.url) for one in told] == [
        (cast.university_admin, f"/workbench/bids/{bid.code}/")
    ]


def test_the_closing_is_made_by_the_event_and_stays(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    make_bid(tender, cast.other_enterprise, cast.outsider, state="withdrawn")
    late = make_draft(tender, cast.other_enterprise, cast.outsider)
    assert services.record_closing(tender) is None
    with clock.shift(tender.deadline - clock.now()):
        tenders.tick()
        live = queries.live_hashes(tender)
        drain()
        closing = Closing.objects.get()
        assert closing.hashes == [Envelope.objects.get(bid=bid).header_hash]
        assert closing.head == Receipt.objects.get(number=2).digest
        # Computed before it is the same; after it the opening has begun.
        assert live == closing.hashes
        services.tick()
        services.tick()
        assert services.record_closing(tender) == closing
    late.refresh_from_db()
    assert late.status == "lapsed"
    assert Entry.objects.filter(event="BidsClosed").count() == 1


def test_of_a_cancelled_tender_nothing_is_published(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    make_bid(tender, cast.university, cast.university_admin)
    Tender.objects.filter(pk=tender.pk).update(status="cancelled", next_check=None)
    services.tick()
    assert not Closing.objects.exists()


def test_nothing_of_a_bid_stands_in_the_history_of_the_tender(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    last = Entry.objects.order_by("-pk").first()
    assert last is not None
    bid = make_bid(tender, cast.university, cast.university_admin)
    hand_in(bid, cast.university_admin)
    services.withdraw_bid(bid, actor=cast.university_admin)
    rows = Entry.objects.filter(pk__gt=last.pk)
    assert {(row.subject_kind, row.subject_id) for row in rows} == {("bids.bid", bid.pk)}
    # No delivery of theirs can fail and stand before the operator.
    assert not rows.filter(deliveries__isnull=False).exists()


DUMPED = "SELECT name FROM sqlite_master WHERE type = 'table'"


def everything_in_the_database() -> str:
    """Each row of each table as text."""
    found: list[Any] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [bytes(v) if isinstance(v, memoryview) else v for r in cursor for v in r]
    return repr(found)


def test_a_planted_text_is_in_no_row_and_no_file(
    cast: Cast,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[Any],
    tmp_path: Any,
) -> None:
    canary = "金丝雀CANARY7Q4Z"
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    with caplog.at_level(0):
        bid = make_bid(tender, cast.university, cast.university_admin, scheme=canary)
        hand_in(bid, cast.university_admin, files={f"{canary}.pdf": canary.encode() * 99})
        drain()
    text = everything_in_the_database()
    assert bid.code in text
    assert canary not in text
    assert "CANARY7Q4Z" not in text
    spoken = caplog.text + "".join(str(one.message()) for one in mailoutbox)
    assert "CANARY7Q4Z" not in spoken
    assert bid.code not in caplog.text
    for folder in (tmp_path, settings.DATA_DIR):
        for place in folder.rglob("*"):
            if place.is_file():
                assert b"CANARY7Q4Z" not in place.read_bytes(), place
                assert "CANARY7Q4Z" not in place.name
