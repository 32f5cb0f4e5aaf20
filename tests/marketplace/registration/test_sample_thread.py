"""Sample calls in every state, and two sample threads that are registered, in weeks that reach an unknown year.

A sample takes Monday to Friday where holidays are not known; what is real is refused there (test_unknown_year, and
test_publication of the tenders).
"""

import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from marketplace.awards.models import Result
from marketplace.bids.models import Closing, Receipt
from marketplace.deals.models import Contract
from marketplace.evaluation.models import Panel
from marketplace.journal import services as journal
from marketplace.kernel import clock
from marketplace.openings import services as openings
from marketplace.openings.models import Opening
from marketplace.parties.models import User
from marketplace.publicity.models import Publicity
from marketplace.records.models import Release
from marketplace.registration.models import Filing, LedgerEntry
from marketplace.registration.queries.records import sample_call
from marketplace.registration.services import sample_thread
from marketplace.registration.services.samples import REGISTRAR
from marketplace.taxonomy import queries as taxonomy
from marketplace.tenders.models import Tender
from marketplace.threads.queries import thread_of
from marketplace.web import samples
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]
AWARDED = "光伏坩埚用高纯石英砂除铁提纯与矿源评价"
PRICE = 260_000_000


@pytest.fixture
def registrar() -> Iterator[User]:
    """The sample registrar, beside all samples that the threads stand on, on a day shortly before 2027."""
    with clock.shift(date(2026, 12, 20) - clock.today()):
        taxonomy.forget_calendar()
        assert taxonomy.is_working(date(2027, 1, 4)) is None
        for declared in samples.declared():
            if declared.what != "registrations":
                declared.load(lambda *_: None)
        yield User.objects.get(email=REGISTRAR)
    taxonomy.forget_calendar()


def assert_in_order(tender: Tender) -> None:
    """Each instant of a sample lies after the one before it, deadlines at 17:00 of a working day, all in the past."""
    assert tender.deadline is not None
    for at in (tender.deadline, tender.first_deadline):
        local = at.astimezone(clock.SHANGHAI) if at else None
        assert local is not None
        assert (local.hour, local.minute, local.weekday() < 5) == (17, 0, True), tender.title
        assert taxonomy.is_working(local.date()) is not False
    lot = tender.lots.get()
    panel = Panel.objects.filter(lot=lot).first()
    result = Result.objects.filter(lot=lot).first()
    award = result.awards.select_related("publicity").get() if result else None
    opening = Opening.objects.filter(tender=tender).first()
    chain: list[datetime | None] = [tender.submitted_at, tender.published_at, tender.starts_at]
    asked = tender.questions.order_by("asked_at").values_list("asked_at", "answered_at")
    chain += sorted(at for pair in asked for at in pair if at)
    receipts = Receipt.objects.filter(tender=tender).order_by("number")
    for receipt in receipts.select_related("envelope__bid"):
        envelope = receipt.envelope
        assert receipt.at == envelope.received_at == envelope.bid.submitted_at
        assert json.loads(bytes(receipt.raw))["receipt"]["time"] == receipt.at.isoformat()
        chain.append(receipt.at)
    chain += [tender.deadline, tender.closed_at]
    chain += [row.at for row in Closing.objects.filter(tender=tender)]
    chain += [opening.begun_at, lot.opened_at, opening.opened_at] if opening else []
    if panel:
        chain += [panel.prepared_at, panel.drawn_at, panel.reported_at, panel.finished_at]
        signed = panel.seats.filter(signed_at__isnull=False).order_by("signed_at")
        for seat in signed:
            own = [seat.answered_at, seat.declared_at, seat.locked_at, seat.signed_at]
            assert own == sorted(own)
    if result and award and award.publicity:
        chain += [result.published_at, award.publicity.starts_at]
        if award.confirmed_at:
            chain += [award.publicity.ends_at, award.confirmed_at, result.told_at]
            assert award.contract_due is not None
            assert award.contract_due > award.confirmed_at
        chain += [award.contracted_at, lot.contracted_at]
    known = [at for at in chain if at is not None]
    if tender.status not in {"closed", "complete"}:
        known = [at for at in known if at != tender.deadline]
    assert known == sorted(known), (tender.title, known)
    assert known[-1] <= clock.now()


def test_calls_stand_in_their_states_and_two_threads_are_registered(
    registrar: User, cast: Cast
) -> None:
    openings.tick()  # the one without bids fails by the clock of the worker
    found = sorted(
        (row.procedure, row.status, row.suspended_for, row.terms_rev, row.lots.get().stage)
        for row in Tender.objects.all()
    )
    assert found == [
        ("call", "closed", "", 1, "contracted"),
        ("call", "closed", "", 1, "opened"),
        ("call", "draft", "", 1, "waiting"),
        ("call", "failed", "", 1, "failed"),
        ("call", "tendering", "", 2, "waiting"),
        ("call", "tendering", "authority", 1, "waiting"),
        ("challenge", "closed", "", 1, "contracted"),
        ("challenge", "closed", "", 1, "evaluating"),
        ("challenge", "closed", "", 1, "proposed"),
        ("challenge", "closed", "", 1, "waiting"),
        ("challenge", "in_review", "", 1, "waiting"),
        ("challenge", "tendering", "", 1, "waiting"),
    ]
    # One is sealed, and waits for the sample custodians.
    waiting = Opening.objects.get(tender__sealing="sealed")
    assert (waiting.status, waiting.bids.count()) == ("waiting", 2)
    # Each result rests on the report of a panel that was drawn.
    reports = dict(Panel.objects.filter(status="reported").values_list("lot_id", "report_hash"))
    assert reports == dict(Result.objects.values_list("lot_id", "report_hash"))
    assert len(reports) == 3

    golden = sample_thread.golden_contract()
    assert golden is not None
    assert (golden.amount_total_fen, golden.book) == (86_000_000, "sample")
    filing = sample_thread.register_golden(registrar)
    assert filing is not None
    assert (filing.status, filing.recognised_total_fen) == ("registered", 86_000_000)
    assert (filing.rounds, filing.book) == (2, "sample")
    acts = list(filing.decisions.order_by("id").values_list("act", flat=True))
    assert acts == [
        *("submit", "return", "resubmit", "accept", "pass_first", "approve"),
        *("record_filed", "register"),
    ]
    # In working days, one after the other, after the signature; the last one today.
    days = [clock.day_of(one.at) for one in filing.decisions.order_by("id")]
    assert days == sorted(days)
    assert days[0] > golden.signed_on
    assert days[-1] == clock.today()
    assert not any(taxonomy.is_off(day) for day in days[:-1])
    assert len(set(days)) > 3
    assert filing.submitted_at < filing.first_at < filing.decided_at < filing.filed_at
    assert filing.returned_at < filing.submitted_at == filing.accepted_at
    assert sample_thread.register_golden(registrar) is None
    # The whole way: who met through a broker and agreed went through an open call and a publicity.
    stages = [one.name for one in thread_of(cast.auditor, golden.code).stages if one.pieces]
    assert [name for name in stages if name != "match"] == [
        *("listing", "enquiry", "introduction", "intent", "tender", "publicity"),
        *("contract", "filing", "entry"),
    ]
    assert golden.parties.filter(side="broker").count() == 1

    filing = sample_thread.register_awarded(registrar)
    assert filing is not None
    assert (filing.status, filing.recognised_total_fen) == ("registered", PRICE)
    assert sample_thread.register_awarded(registrar) is None
    entries = LedgerEntry.objects.filter(filing=filing)
    assert list(entries.values_list("book", "amount_fen")) == [("sample", PRICE)]
    assert not LedgerEntry.objects.exclude(book="sample").exists()
    while journal.drain():
        pass
    contract = Contract.objects.get(title=AWARDED)
    lot = contract.award.result.lot  # type: ignore[union-attr]
    assert (lot.contract, lot.registered_as) == (contract.code, filing.official_number)
    stages = {one.name: one for one in thread_of(cast.auditor, contract.code).stages}
    reached = ["listing", "tender", "publicity", "contract", "filing", "entry"]
    assert [name for name, one in stages.items() if one.pieces] == reached
    assert all((stages[name].days or 0) >= 0 for name in reached), "later stages are later"
    assert sample_call() == filing
    assert not Release.objects.exists(), "samples are no open data"

    for tender in Tender.objects.exclude(published_at=None):
        assert_in_order(tender)

    _counts, kept = samples.remove()
    assert kept == []
    for model in (Tender, Opening, Panel, Result, Publicity, Contract, Filing, LedgerEntry):
        assert not model.objects.exists(), model
