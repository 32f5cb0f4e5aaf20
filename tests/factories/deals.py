"""Contracts in any state, made through the services."""

from datetime import date, timedelta
from typing import Any

from marketplace.deals import services
from marketplace.deals.models import Contract, ContractParty
from marketplace.deals.workflow import ContractStatus, Side
from marketplace.enquiries import rulebook
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.models import Intent
from marketplace.kernel import clock
from marketplace.parties.models import Organization, User
from tests.factories.enquiries import make_enquiry
from tests.factories.files import pdf_bytes, upload

S = ContractStatus
_TOTAL = 86_000_000


def party(org: Organization, side: str, **more: Any) -> dict[str, Any]:
    """The row of an organisation here, as a form sends it."""
    return {"side": side, "organization": org.code, "nature": "150", **more}


def outside(side: str, name: str = "青岛海测科技有限公司", **more: Any) -> dict[str, Any]:
    """The row of a firm that is not on the platform."""
    return {"side": side, "name": name, "nature": "150", "district": "370200", **more}


def make_contract(
    seller: Organization,
    actor: User,
    buyer: Organization | None = None,
    *,
    state: str = S.DRAFT,
    buyer_actor: User | None = None,
    title: str = "低甲醛胶黏剂工艺开发",
    **more: Any,
) -> Contract:
    """A contract that the seller keeps; without `buyer` the buyer is a firm outside.

    `actor` must be an approver of the seller for more than a draft, `buyer_actor` one of the buyer for
    a confirmed text. `more`: `contract_type`, `total` (fen), `signed_on`, `official` (values), `starts_on`,
    `ends_on`, `of_seller` and `of_buyer` (columns of the two), `parties` (rows besides).
    """
    contract = services.create_empty(owner=seller, title=title, side=Side.SELLER, actor=actor)
    rows = [
        party(seller, Side.SELLER, **more.get("of_seller", {})),
        party(buyer, Side.BUYER, **more.get("of_buyer", {}))
        if buyer is not None
        else outside(Side.BUYER),
    ]
    today = clock.today()
    sections: dict[str, dict[str, Any]] = {
        "basics": {
            "title": title,
            "contract_type": more.get("contract_type", "KF1"),
            "subject_text": "开发低甲醛胶黏剂的配方和工艺，并完成中试。",
            "starts_on": more.get("starts_on", today),
            "ends_on": more.get("ends_on", today + timedelta(days=365)),
        },
        "parties": {"parties": [*rows, *more.get("parties", [])]},
        "money": {"amount_total_fen": more.get("total", _TOTAL), "payment_mode": "lump"},
        "official": {"field": "05", "aim": "10", "ip_kinds": ["none"], "plan_source": "none"}
        | more.get("official", {}),
    }
    for name, data in sections.items():
        contract = services.save_section(contract, name, data, actor=actor)
    return advance(contract, state, actor, buyer_actor, signed_on=more.get("signed_on"))


def advance(
    contract: Contract,
    state: str,
    actor: User,
    buyer_actor: User | None = None,
    *,
    signed_on: date | None = None,
) -> Contract:
    """Bring a draft to a state by the services."""
    if state == S.DRAFT:
        return contract
    if state == S.CANCELLED:
        return services.cancel(contract, reason="不再合作", actor=actor)
    if state in {S.CONFIRMING, S.CONFIRMED}:
        services.set_final_text(contract, upload(pdf_bytes(), "定稿.pdf"), actor=actor)
        contract.refresh_from_db()
        if state == S.CONFIRMED:
            contract = confirm_all(contract, actor, buyer_actor)
        return contract
    contract = sign(contract, actor, signed_on)
    if state == S.PERFORMING:
        contract = services.start(contract, actor=actor)
    if state == S.PERFORMED:
        contract = services.perform(contract, amount_performed_fen=None, actor=actor)
    if state == S.TERMINATED:
        contract = services.terminate(
            contract, reason="双方协商解除", ended_on=clock.today(), actor=actor
        )
    return contract


def confirm_all(contract: Contract, actor: User, buyer_actor: User | None) -> Contract:
    """Both sides confirm the open text; an outside buyer through a scan."""
    text = contract.texts.get(withdrawn_at=None)
    contract = services.confirm_final(contract, sha256=text.sha256, actor=actor)
    if buyer_actor is not None:
        return services.confirm_final(contract, sha256=text.sha256, actor=buyer_actor)
    other = ContractParty.objects.get(contract=contract, side=Side.BUYER)
    return services.attest_final(contract, other, upload(pdf_bytes(), "盖章.pdf"), actor=actor)


def sign(contract: Contract, actor: User, signed_on: date | None = None) -> Contract:
    """Sign with a scan that all have sealed."""
    return services.sign(
        contract,
        signed_on=signed_on or clock.today(),
        upload=upload(pdf_bytes(), "合同盖章扫描件.pdf"),
        fully_sealed=True,
        actor=actor,
    )


def make_agreed_intent(
    listing: Any, owner: User, asker: Organization, asker_actor: User, **values: Any
) -> Intent:
    """An intent about a published listing that both sides agreed to.

    `owner` is an approver of the listing's organisation, `asker_actor` one of `asker`. `values` are those of
    `propose_intent`.
    """
    enquiry = make_enquiry(listing, asker, asker_actor, state="talking", owner=owner)
    proposed = {
        "contract_kind": "development",
        "subject": "低甲醛胶黏剂工艺开发",
        "amount_fen": _TOTAL,
        "checks": {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS},
        "pricing_mode": "negotiated",
    }
    intent = enquiries.propose_intent(enquiry, proposed | values, actor=asker_actor)
    return enquiries.accept_intent(intent, actor=owner)
