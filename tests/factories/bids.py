"""Bids in any state by the services that people use, sealed as a browser seals them."""

from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from marketplace.bids import queries, services
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Receipt, Right, Upload
from marketplace.bids.rulebook import PLEDGE
from marketplace.bids.services import Handover
from marketplace.custody import sealing
from marketplace.custody.models import Custodian
from marketplace.custody.services import answer_rehearsal
from marketplace.parties.models import Organization, User
from marketplace.tenders import services as tenders
from marketplace.tenders.models import Tender
from tests.factories.custody import answer_of, make_custodian, make_key
from tests.factories.needs import make_need
from tests.factories.parties import OrganizationFactory, make_staff
from tests.factories.tenders import content, know_calendar, working_deadline

FORM: dict[str, Any] = {
    "version": 1,
    "price": 85_000_000,
    "scheme": "以大豆蛋白胶黏剂替代脲醛树脂，分三步改造热压线。",
    "team": "教授两名，工程师五名。",
    "answers": [],
    "schedule": [{"milestone": "中试", "days": 180}],
    "lead_share": 10_000,
    "partners": [],
}


@dataclass
class Keepers:
    """Custodians of three organisations with the private keys that their pages would hold."""

    rows: list[Custodian] = field(default_factory=list)
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)


def make_keepers(inviter: User, count: int = 3) -> Keepers:
    """Custodians with rehearsed keys."""
    made = Keepers()
    for number in range(count):
        org = OrganizationFactory(name=f"第{number + 1}保管机构")
        kind = ("legal", "other", "other", "other")[number]
        row = make_custodian(org, inviter=inviter, kind=kind)
        made.keys[row.code], _key, _rehearsal = make_key(row)
        made.rows.append(row)
    return made


def make_sealed_tender(
    owner: Organization,
    actor: User,
    *,
    operator: User | None = None,
    keepers: Keepers | None = None,
    open_days: int = 20,
    procedure: str = "call",
) -> tuple[Tender, Keepers]:
    """A tender that takes sealed bids, published after each custodian answered its rehearsal."""
    know_calendar()
    operator = operator or make_staff("operator")
    keepers = keepers or make_keepers(operator)
    need = make_need(owner, actor, state="published")
    row = tenders.draft_tender(need, tenders.Beginning(procedure, True), actor=actor)
    row = tenders.edit_content(row, content(), actor=actor)
    row = tenders.edit_keys(row, sealing="sealed", custodians=keepers.rows, actor=actor)
    row = tenders.edit_schedule(
        row, deadline=working_deadline(open_days), starts_at=None, actor=actor
    )
    row = tenders.submit_tender(row, actor=actor)
    answer_all(keepers)
    return tenders.publish_tender(row, actor=operator), keepers


def answer_all(keepers: Keepers) -> None:
    """Each custodian opens the test boxes that wait for him."""
    for one in keepers.rows:
        for row in one.keys.get(retired_at=None).rehearsals.filter(answered_at=None):
            answer_rehearsal(row, answer_of(keepers.keys[one.code], row), actor=one.person)


def form_for(tender: Tender, **said: Any) -> dict[str, Any]:
    """A complete form that answers each requirement; `said` replaces parts."""
    answers = [
        {"number": row.number, "text": f"满足：{row.target}"} for row in tender.requirements.all()
    ]
    return {**FORM, "answers": answers, **said}


def make_draft(tender: Tender, org: Organization, actor: User, lot: int = 1) -> Bid:
    """A draft for a lot."""
    return services.draft_bid(tender, tender.lots.get(number=lot), org, actor=actor)


def said(bid: Bid, **other: Any) -> Handover:
    """What a person says who has read the terms as they are."""
    bid.tender.refresh_from_db()
    return Handover(**{"terms_rev": bid.tender.terms_rev, "pledge": PLEDGE, **other})


class Seal:
    """What a browser does: a content key, ciphertexts, a header. `write` puts bytes into the store."""

    def __init__(
        self, bid: Bid, form: dict[str, Any], files: dict[str, bytes] | None = None
    ) -> None:
        self.bid = bid
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.parts: dict[int, bytearray] = {}
        terms = queries.terms_of_lot(bid.tender, bid.lot)
        sealer = sealing.BidSealer(terms, bid.code, bid.revision + 1, self._write)
        # As in a browser: the content key goes to the bidder's own key instead of to a code.
        head = sealer._head
        box, _once = sealing.seal_box(
            "recovery",
            head,
            "bidder",
            sealing.public_bytes(self.key),
            sealing.from_base64(sealer.code),
        )
        head |= {"recovery": box, "sealed_by": "browser"}
        for name, data in (files or {}).items():
            sealer.file(name).update(data)
        self.header = sealer.finish(form)

    def _write(self, index: int, data: bytes) -> None:
        self.parts.setdefault(index, bytearray()).extend(data)

    def send(self, right: Right) -> list[str]:
        """Send every file; their names."""
        names = []
        for index in range(len(self.parts)):
            data = bytes(self.parts[index])
            upload = services.begin_upload(right, len(data))
            assert services.append(upload, 0, [data]) == len(data)
            names.append(upload.path.rpartition("/")[2])
        return names


def right_for(bid: Bid, actor: User) -> Right:
    """A right to send, as the page would get it."""
    found = queries.right_of(services.grant_right(bid, actor=actor))
    assert found is not None
    return found


def hand_in(
    bid: Bid, actor: User, *, files: dict[str, bytes] | None = None, **fields: Any
) -> Receipt:
    """Seal or fill in, send, hand in; the receipt. `fields` replace parts of the form."""
    bid.refresh_from_db()
    form = form_for(bid.tender, **fields)
    if not bid.tender.is_sealed:
        services.edit_bid(bid, form, bid.kept, actor=actor)
        return services.hand_in_open(bid, said(bid), actor=actor)
    seal = Seal(bid, form, files)
    names = seal.send(right_for(bid, actor))
    return services.hand_in_sealed(bid, seal.header, names, said(bid), actor=actor)


def make_bid(
    tender: Tender, org: Organization, actor: User, *, state: str = "submitted", **fields: Any
) -> Bid:
    """A bid of an organisation in a state: draft, submitted or withdrawn."""
    bid = make_draft(tender, org, actor)
    if state != "draft":
        hand_in(bid, actor, **fields)
    if state == "withdrawn":
        services.withdraw_bid(bid, actor=actor)
    bid.refresh_from_db()
    return bid


def stored(bid: Bid) -> list[bytes]:
    """The ciphertexts that lie in the store for a bid."""
    return [
        store.locate(row.path).read_bytes() for row in Upload.objects.filter(bid=bid).order_by("pk")
    ]
