"""The facts of a contract that the pre-check judges: plain values, no models and no clock.

`registration.services.precheck` builds them from a contract; tests and the corpus build them by hand.
"""

from dataclasses import dataclass
from datetime import date

SELLER, BUYER, BROKER = "seller", "buyer", "broker"
ROYALTY_MODES = ("royalty", "royalty_entry")
#: The country code of a domestic party.
HOME = "CHN"


@dataclass(frozen=True)
class Party:
    """One party as the registration form names it.

    `identity` is a credit code or a foreign number, `district` six digits of GB/T 2260, `country` three
    letters. `share_bp` is the share of a joint party of one side in basis points.
    """

    side: str
    name: str
    identity: str = ""
    is_person: bool = False
    nature: str = ""
    district: str = ""
    country: str = HOME
    legal_head: str = ""
    share_bp: int | None = None


@dataclass(frozen=True)
class Deduction:
    """A cost that is no price of technology (非技术性费用); `amount` in fen."""

    kind: str
    amount: int
    note: str = ""


@dataclass(frozen=True)
class Part:
    """An instalment; `amount` in fen."""

    amount: int
    due: date | None = None


@dataclass(frozen=True)
class Evidence:
    """How the price of a state-held result was fixed: agreement, listing or auction.

    `starts_on` and `ends_on` are the first and last day of the publicity of an agreed price.
    """

    route: str
    starts_on: date | None = None
    ends_on: date | None = None
    has_file: bool = False


@dataclass(frozen=True)
class Indicator:
    """A line of the acceptance clause."""

    name: str
    target: str = ""
    unit: str = ""
    method: str = ""


@dataclass(frozen=True)
class Facts:
    """A contract as the pre-check sees it. Amounts in fen; `ends_on` is the last day of validity.

    `contract_type` is a code of the taxonomy (KF1 … FW-Z) in capitals; empty strings and None mean that
    nothing was filled in.
    """

    title: str = ""
    contract_type: str = ""
    origin: str = "empty"
    parties: tuple[Party, ...] = ()
    total: int | None = None
    technical: int | None = None
    is_estimate: bool = False
    deductions: tuple[Deduction, ...] = ()
    currency: str = "CNY"
    foreign_amount: int | None = None
    rate: str = ""
    rate_on: date | None = None
    payment_mode: str = ""
    instalments: tuple[Part, ...] = ()
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""
    field: str = ""
    industry: str = ""
    aim: str = ""
    plan_source: str = ""
    plan_number: str = ""
    ip_kinds: tuple[str, ...] = ()
    ip_numbers: str = ""
    is_related: bool = False
    is_state_held: bool = False
    #: 作价投资: the result is the price of a share.
    is_equity: bool = False
    price_evidence: tuple[Evidence, ...] = ()
    subject: str = ""
    acceptance: tuple[Indicator, ...] = ()
    new_investment: int | None = None
    new_output: int | None = None
    #: Names of brokers who must be named according to the record and are not.
    unnamed_brokers: tuple[str, ...] = ()
    #: Whether a sealed scan or an e-signature lies with the contract; None when it is not known.
    has_sealed_text: bool | None = None
    #: Columns that both sides changed after the signature, so that the signed text differs.
    amended: frozenset[str] = frozenset()

    def side(self, side: str) -> tuple[Party, ...]:
        """The parties of one side, in their order."""
        return tuple(party for party in self.parties if party.side == side)

    @property
    def kind(self) -> str:
        """The kind of the contract: KF, ZR, XK, ZX, FW or an empty string."""
        return self.contract_type.upper()[:2]
