"""The contract of an award: both sides keep, confirm, sign and register it."""

from datetime import timedelta
from typing import Any

from marketplace.deals import services as deals
from marketplace.deals.models import Contract
from marketplace.deals.workflow import Side
from marketplace.kernel import clock
from marketplace.parties.models import Organization, User
from tests.cast import Cast
from tests.factories.deals import party
from tests.factories.deals import sign as sign_scan
from tests.factories.registration import make_filing


def sign(contract: Contract, seller: Organization, buyer: Organization, actor: User) -> Contract:
    """Fill in what a contract needs, and sign it with a scan that all have sealed."""
    known: dict[str, dict[str, Any]] = {
        "basics": {
            "title": contract.title,
            "contract_type": contract.contract_type,
            "subject_text": contract.subject_text,
            "starts_on": clock.today(),
            "ends_on": clock.today() + timedelta(365),
        },
        "parties": {"parties": [party(seller, Side.SELLER), party(buyer, Side.BUYER)]},
        "money": {"amount_total_fen": contract.amount_total_fen, "payment_mode": "lump"},
        "official": {"field": "05", "aim": "10", "ip_kinds": ["none"], "plan_source": "none"},
    }
    for name, data in known.items():
        contract = deals.save_section(contract, name, data, actor=actor)
    return sign_scan(contract, actor)


def register(code: str, actor: User, cast: Cast) -> None:
    """Bring the contract to its registration."""
    contract = Contract.objects.get(code=code)
    make_filing(cast, "registered", contract=contract, actor=actor)
