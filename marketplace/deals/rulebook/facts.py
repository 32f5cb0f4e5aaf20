"""What the official registration form says of a contract, as plain values: for pre-check, copy and export."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PartyFacts:
    """One party as the form has it. `organization_code` is "" for a party outside the platform."""

    side: str
    position: int
    name: str
    identity: str
    is_person: bool
    nature: str
    district: str
    country: str
    legal_head: str
    contact_name: str
    contact_phone: str
    share_bp: int | None
    organization_id: int | None
    organization_code: str
    broker_id: int | None


@dataclass(frozen=True)
class DeductionFacts:
    """One sum of the worksheet (fen)."""

    kind: str
    amount_fen: int
    note: str


@dataclass(frozen=True)
class InstalmentFacts:
    """One planned payment (fen)."""

    position: int
    what: str
    due_on: date | None
    amount_fen: int


@dataclass(frozen=True)
class PriceFacts:
    """One piece of evidence of the price; days inclusive."""

    route: str
    starts_on: date | None
    ends_on: date | None
    result: str
    has_file: bool


@dataclass(frozen=True)
class OfficialFacts:
    """Everything that the 登记表 and the checks before it read. Amounts in fen, days in Shanghai.

    `ends_on` is the last day, inclusive. `kind` is a code of `contract_class`, the other codes are of
    the schemes named like the fields. `flow` has "output", "absorb", "local".
    """

    contract_id: int
    code: str
    rev: int
    book: str
    status: str
    origin: str
    title: str
    contract_type: str
    kind: str
    subject_text: str
    acceptance: tuple[tuple[str, str, str, str], ...]
    amount_total_fen: int | None
    amount_technical_fen: int | None
    amount_is_estimate: bool
    amount_performed_fen: int | None
    currency: str
    foreign_amount: int | None
    rate_text: str
    rate_on: date | None
    payment_mode: str
    entry_fee_fen: int | None
    royalty_base: str
    royalty_note: str
    deposit_text: str
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    place: str
    field: str
    industry: str
    plan_source: str
    plan_number: str
    aim: str
    ip_kinds: tuple[str, ...]
    ip_numbers: str
    is_related: bool
    is_state_held: bool
    is_equity: bool
    new_investment_fen: int | None
    new_output_fen: int | None
    sellers: tuple[PartyFacts, ...]
    buyers: tuple[PartyFacts, ...]
    brokers: tuple[PartyFacts, ...]
    deductions: tuple[DeductionFacts, ...]
    instalments: tuple[InstalmentFacts, ...]
    price_evidence: tuple[PriceFacts, ...]
    missing_price_evidence: bool
    flow: frozenset[str]
    #: Codes of the introductions whose brokers are not named.
    unnamed_introductions: tuple[str, ...]
    #: SHA-256 of the settled final text, and of the signed copies with whether they are fully sealed.
    final_sha256: str
    #: Columns that agreed amendments have changed: the signed text says what they were before.
    amended: frozenset[str]
    signed_copies: tuple[tuple[str, str, bool], ...]
    need_code: str
    achievement_code: str
    intent_code: str
    enquiry_code: str
    origin_confirmed: bool

    @property
    def seller(self) -> PartyFacts | None:
        """The first seller, who files; None while there is none."""
        return self.sellers[0] if self.sellers else None

    @property
    def buyer(self) -> PartyFacts | None:
        """The first buyer; None while there is none."""
        return self.buyers[0] if self.buyers else None
