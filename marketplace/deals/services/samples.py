"""Sample contracts of `deploy/samples/contracts.json` in the sample book, made by the services that people use."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import ProtectedError

import pikepdf

from marketplace.awards.models import Award
from marketplace.awards.services.samples import sign_sample
from marketplace.brokerage.queries import golden_thread
from marketplace.brokerage.services.samples import approver_of
from marketplace.deals.models import CONTRACT_FILES, Contract, PriceEvidence
from marketplace.deals.services.awarding import create_from_award
from marketplace.deals.services.creating import create_empty, create_from_intent
from marketplace.deals.services.editing import save_section
from marketplace.deals.services.finals import attest_final, confirm_final, set_final_text
from marketplace.deals.services.performing import cancel, perform, record_payment, start, terminate
from marketplace.deals.services.signing import sign
from marketplace.deals.workflow import Book, ContractStatus, Route, Side
from marketplace.files import services as files
from marketplace.kernel import clock
from marketplace.kernel.money import FEN_PER_WAN
from marketplace.parties.models import Organization, User
from marketplace.web.slices import Kept

Row = Mapping[str, Any]
S = ContractStatus


@transaction.atomic
def load_row(row: Row, organizations: Mapping[str, Organization]) -> Contract | None:
    """Make the contract of one row in its state. None when it is there, or its parties are not."""
    if Contract.objects.filter(book=Book.SAMPLE, title=row["title"]).exists():
        return None
    make = {"golden": _golden, "award": _awarded}.get(row.get("what", ""))
    contract = make(row) if make is not None else _plain(row, organizations)
    if contract is None or contract.owner is None:
        return None
    actor = approver_of(contract.owner)
    _advance(contract, row, actor)
    return Contract.objects.get(pk=contract.pk)


def _golden(row: Row) -> Contract | None:
    """The contract of the golden thread, of the award of its call, or of its intent where there is no call."""
    thread = golden_thread()
    if thread is None or thread.enquiry.asker is None:
        return None
    actor = approver_of(thread.enquiry.asker)
    awarded = Award.objects.filter(
        result__is_sample=True,
        result__tender__need=thread.need,
        entry__organization=thread.enquiry.asker,
        confirmed_at__isnull=False,
    ).first()
    contract = create_from_award(awarded) if awarded is not None else None
    if contract is None:
        contract = create_from_intent(thread.intent, actor=actor)
    if contract.status != S.DRAFT:
        return None
    # An enterprise has many natures, so nothing is filled in, and the pre-check stops a form without one.
    contract.parties.filter(side=Side.BUYER).update(nature="150")
    total = row["total_wan"] * FEN_PER_WAN
    began = clock.today() - timedelta(days=row["days"])
    values: dict[str, dict[str, Any]] = {
        "basics": {
            "title": row["title"],
            "starts_on": began,
            "ends_on": began + timedelta(days=365),
            "place": "山东省临沂市",
        },
        "money": {
            "amount_total_fen": total,
            "payment_mode": "instalments",
            "instalments": [
                {
                    "what": one["what"],
                    "due_on": began + timedelta(days=one["days"]),
                    "amount_fen": total * one["share"] // 100,
                }
                for one in row["instalments"]
            ],
        },
        "worksheet": {"deductions": _deductions(row)},
        "official": row["official"],
    }
    return _saved(contract, values, actor)


def _awarded(row: Row) -> Contract | None:
    """The contract of the award of a sample call, drafted from the bid, with what the law asks for besides."""
    found = Award.objects.filter(
        result__is_sample=True, result__tender__title=row["title"], confirmed_at__isnull=False
    ).first()
    contract = create_from_award(found) if found is not None else None
    if contract is None or contract.owner is None or contract.status != S.DRAFT:
        return None
    contract.parties.filter(side=Side.BUYER).update(nature="150")
    began = clock.today() - timedelta(days=row["days"])
    values: dict[str, dict[str, Any]] = {
        "basics": {
            "starts_on": began,
            "ends_on": began + timedelta(days=365),
            "place": "山东省临沂市",
        },
        "money": {"payment_mode": "lump"},
        "official": row["official"],
    }
    return _saved(contract, values, approver_of(contract.owner))


def _plain(row: Row, organizations: Mapping[str, Organization]) -> Contract | None:
    seller, buyer = organizations.get(row["seller"]), organizations.get(row.get("buyer", ""))
    if seller is None or (buyer is None and "outside" not in row):
        return None
    actor = approver_of(seller)
    contract = create_empty(owner=seller, title=row["title"], side=Side.SELLER, actor=actor)
    other = {"organization": buyer.code} if buyer is not None else dict(row["outside"])
    began = clock.today() - timedelta(days=row.get("days", 0))
    enterprise = {"nature": "150"} if buyer is not None else {}
    money: dict[str, Any] = {"payment_mode": "lump"}
    if "currency" in row:
        money |= {
            "currency": row["currency"],
            "foreign_amount": row["foreign"],
            "rate_text": row["rate"],
            "rate_on": began,
        }
    else:
        money |= {"amount_total_fen": row["total_wan"] * FEN_PER_WAN}
    values: dict[str, dict[str, Any]] = {
        "basics": {
            "contract_type": row["type"],
            "subject_text": f"{row['title']}。本合同为示例，不对应真实交易。",
            "starts_on": began,
            "ends_on": began + timedelta(days=365),
            "place": "山东省临沂市",
        },
        "parties": {
            "parties": [
                {"side": Side.SELLER, "organization": seller.code},
                {"side": Side.BUYER, **enterprise, **other},
            ]
        },
        "money": money,
        "official": {
            "field": row["field"],
            "industry": row["industry"],
            "aim": "10",
            "plan_source": "none",
            "ip_kinds": row.get("ip", ["none"]),
            "is_state_held": row.get("state_held", False),
        },
    }
    contract = _saved(contract, values, actor)
    if "publicity" in row:
        PriceEvidence.objects.create(
            contract=contract,
            route=Route.AGREEMENT,
            starts_on=began - timedelta(days=row["publicity"] + 2),
            ends_on=began - timedelta(days=2),
            result="公示期内没有收到异议",
            by=actor,
        )
    return contract


def _saved(contract: Contract, values: Mapping[str, Mapping[str, Any]], actor: User) -> Contract:
    for section, data in values.items():
        contract = save_section(contract, section, data, actor=actor)
    return contract


def _deductions(row: Row) -> list[dict[str, Any]]:
    return [
        {
            "kind": part["kind"],
            "amount_fen": part["wan"] * FEN_PER_WAN,
            "note": part.get("note", ""),
        }
        for part in row.get("deductions", [])
    ]


def _advance(contract: Contract, row: Row, actor: User) -> None:
    state = row["state"]
    if state == S.CANCELLED:
        cancel(contract, reason=row["reason"], actor=actor)
    if state in {S.CONFIRMING, S.CONFIRMED}:
        _confirm(contract, state, actor)
    if state not in {S.SIGNED, S.PERFORMING, S.PERFORMED, S.TERMINATED}:
        return
    signed_on = clock.today() - timedelta(days=row["days"])
    upload = _pdf("合同盖章扫描件（示例）.pdf")
    contract = sign(contract, signed_on=signed_on, upload=upload, fully_sealed=True, actor=actor)
    if contract.award is not None:
        sign_sample(contract.award, signed_on)
    if state == S.PERFORMING:
        contract = start(contract, actor=actor)
        if "paid_wan" in row:
            record_payment(
                contract,
                paid_on=signed_on + timedelta(days=5),
                amount_fen=row["paid_wan"] * FEN_PER_WAN,
                actor=actor,
            )
    if state == S.PERFORMED:
        perform(contract, amount_performed_fen=None, actor=actor)
    if state == S.TERMINATED:
        terminate(contract, reason=row["reason"], ended_on=clock.today(), actor=actor)


def _confirm(contract: Contract, state: str, actor: User) -> None:
    text = set_final_text(contract, _pdf("合同定稿（示例）.pdf"), actor=actor)
    confirm_final(contract, sha256=text.sha256, actor=actor)
    if state != S.CONFIRMED:
        return
    for party in contract.parties.filter(side=Side.BUYER):
        if party.organization is None:
            attest_final(contract, party, _pdf("对方盖章（示例）.pdf"), actor=actor)
        else:
            confirm_final(contract, sha256=text.sha256, actor=approver_of(party.organization))


def _pdf(name: str) -> SimpleUploadedFile:
    """A blank page: a sample has no text that could be taken for a real contract."""
    document, buffer = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="application/pdf")


def remove_samples() -> tuple[dict[str, int], list[Kept]]:
    """Delete the contracts of the sample book with their files; what something above refers to stays."""
    left: list[Kept] = []
    count = 0
    for contract in Contract.objects.filter(book=Book.SAMPLE).order_by("-pk"):
        key = contract.pk
        try:
            with transaction.atomic():
                contract.delete()
                files.erase_sample_files(CONTRACT_FILES, [key])
        except ProtectedError as error:
            left.append(Kept(contract.code, str(next(iter(error.protected_objects)))))
        else:
            count += 1
    return {"contracts": count}, left
