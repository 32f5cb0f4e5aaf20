"""A technology contract, its parties and the worksheet of what is no price of technology."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.achievements.models import Achievement
from marketplace.awards.models import Award
from marketplace.brokerage.models import Broker, Introduction, Mandate
from marketplace.deals.workflow import CONCLUDED, UNSIGNED, Book, ContractStatus, Origin, Side
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.kernel.models import CodeField, Stamped
from marketplace.kernel.money import MoneyField
from marketplace.matching.models import Match
from marketplace.needs.models import Need
from marketplace.parties.models import Organization

#: Subject of the files of a contract: final texts, sealed scans, evidence.
CONTRACT_FILES = "deals.contract"


class Contract(Stamped):
    """技术合同: what its parties agreed, and what its registration form asks for.

    Amounts are fen. `amount_total_fen` is 成交额, None until known; `amount_technical_fen` is 技术交易额:
    total less the deductions of the worksheet. `foreign_amount` counts minor units of `currency`;
    `rate_text` is yuan for one unit of it, an exact decimal kept as text, and the total in fen is
    computed from it once, half up. Days are days in Shanghai. `ends_on` is the last day, inclusive,
    as on paper. `owner` is the party that keeps the record here; None only for imported rows whose
    parties are all outside. Codes are those of the taxonomy schemes named like the columns.
    """

    Status = ContractStatus

    code = CodeField(prefix="HT")
    rev = models.PositiveIntegerField(default=1)
    book = models.CharField(max_length=6, choices=Book.choices, default=Book.CITY)
    status = models.CharField(
        max_length=10, choices=ContractStatus.choices, default=ContractStatus.DRAFT
    )
    origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.EMPTY)
    owner = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contracts_kept", null=True
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    title = models.CharField(max_length=200)
    contract_type = models.CharField(max_length=4, blank=True)
    subject_text = models.TextField(max_length=10_000, blank=True)
    #: Rows of `name`, `target`, `unit`, `method`.
    acceptance = models.JSONField(default=list, blank=True)

    # Money.
    amount_total_fen = MoneyField(null=True)
    amount_technical_fen = MoneyField(null=True)
    amount_is_estimate = models.BooleanField(default=False)
    amount_performed_fen = MoneyField(null=True)
    currency = models.CharField(max_length=3, default="CNY")
    foreign_amount = models.BigIntegerField(null=True)
    rate_text = models.CharField(max_length=20, blank=True)
    rate_on = models.DateField(null=True)
    payment_mode = models.CharField(max_length=16, blank=True)
    entry_fee_fen = MoneyField(null=True)
    royalty_base = models.CharField(max_length=8, blank=True)
    royalty_note = models.CharField(max_length=500, blank=True)
    deposit_text = models.CharField(max_length=500, blank=True)

    # Days and place.
    signed_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    place = models.CharField(max_length=100, blank=True)

    # What the registration form asks for besides.
    field = models.CharField(max_length=4, blank=True)
    industry = models.CharField(max_length=40, blank=True)
    plan_source = models.CharField(max_length=12, blank=True)
    plan_number = models.CharField(max_length=60, blank=True)
    aim = models.CharField(max_length=4, blank=True)
    ip_kinds = models.JSONField(default=list, blank=True)
    ip_numbers = models.CharField(max_length=500, blank=True)
    is_related = models.BooleanField(default=False)
    is_state_held = models.BooleanField(default=False)
    #: 作价投资: the technology is contributed for shares. Registered as a transfer.
    is_equity = models.BooleanField(default=False)
    new_investment_fen = MoneyField(null=True)
    new_output_fen = MoneyField(null=True)

    # Where it came from.
    intent = models.ForeignKey(
        Intent, on_delete=models.SET_NULL, null=True, related_name="contracts"
    )
    enquiry = models.ForeignKey(
        Enquiry, on_delete=models.SET_NULL, null=True, related_name="contracts"
    )
    match = models.ForeignKey(Match, on_delete=models.SET_NULL, null=True, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.SET_NULL, null=True, related_name="contracts")
    achievement = models.ForeignKey(
        Achievement, on_delete=models.SET_NULL, null=True, related_name="contracts"
    )
    introduction = models.ForeignKey(
        Introduction, on_delete=models.SET_NULL, null=True, related_name="contracts"
    )
    award = models.ForeignKey(
        Award, on_delete=models.SET_NULL, null=True, db_index=False, related_name="contracts"
    )
    mandate = models.ForeignKey(Mandate, on_delete=models.SET_NULL, null=True, related_name="+")
    #: When the records of the parties were last compared with an imported contract.
    origin_compared_at = models.DateTimeField(null=True)
    origin_confirmed_at = models.DateTimeField(null=True)
    origin_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    # Signature and end.
    signed_recorded_at = models.DateTimeField(null=True)
    signed_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_on = models.DateField(null=True)
    ending_reason = models.CharField(max_length=500, blank=True)

    # Written by the registration, which stands on this slice.
    #: District of the desk that has the contract on its table; "" until its papers are submitted.
    desk_district = models.CharField(max_length=6, blank=True, default="")
    #: The registration works with these facts: they change by amendment only.
    facts_locked = models.BooleanField(default=False)
    #: The registration is deciding on it: not even both sides together change its terms meanwhile.
    under_review = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ContractStatus.values), name="contract_status"
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="contract_book"),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="contract_origin"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(origin=Origin.IMPORT), name="contract_owner"
            ),
            models.CheckConstraint(
                condition=Q(amount_total_fen__isnull=True, amount_technical_fen__isnull=True)
                | Q(amount_total_fen__gte=0, amount_technical_fen__isnull=True)
                | Q(
                    amount_total_fen__isnull=False,
                    amount_technical_fen__isnull=False,
                    amount_technical_fen__gte=0,
                    amount_technical_fen__lte=F("amount_total_fen"),
                ),
                name="contract_amounts",
            ),
            models.CheckConstraint(
                condition=(Q(entry_fee_fen__isnull=True) | Q(entry_fee_fen__gte=0))
                & (Q(amount_performed_fen__isnull=True) | Q(amount_performed_fen__gte=0))
                & (Q(foreign_amount__isnull=True) | Q(foreign_amount__gte=0))
                & (Q(new_investment_fen__isnull=True) | Q(new_investment_fen__gte=0))
                & (Q(new_output_fen__isnull=True) | Q(new_output_fen__gte=0)),
                name="contract_no_negative",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="contract_period",
            ),
            models.CheckConstraint(
                condition=Q(currency="CNY")
                | Q(foreign_amount__isnull=True)
                | ~Q(rate_text="") & Q(rate_on__isnull=False),
                name="contract_rate",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(CONCLUDED), signed_on__isnull=False)
                | Q(status__in=sorted(UNSIGNED | {ContractStatus.CANCELLED})),
                name="contract_signed_on",
            ),
            # A second click on the page of an intent finds the contract of the first.
            models.UniqueConstraint(
                fields=["intent"],
                condition=Q(intent__isnull=False)
                & Q(origin=Origin.INTENT)
                & ~Q(status=ContractStatus.CANCELLED),
                name="contract_of_intent",
            ),
            models.UniqueConstraint(
                fields=["award"],
                condition=Q(award__isnull=False) & ~Q(status=ContractStatus.CANCELLED),
                name="contract_of_award",
            ),
        ]
        indexes = [
            # With the key, so that PostgreSQL need not read the rows for it.
            models.Index(
                fields=["book", "id"],
                condition=Q(origin_confirmed_at__isnull=False),
                name="contract_known_origin",
            ),
            # What began here is a small part of the book beside what was imported.
            models.Index(fields=["book", "origin", "created_at"], name="contract_begun"),
            models.Index(fields=["owner", "-id"], name="contract_owner"),
            models.Index(fields=["book", "status", "-id"], name="contract_state"),
            models.Index(fields=["book", "-signed_on", "-id"], name="contract_signed"),
            # The counts of a year read these columns of most contracts, whose rows are wide.
            models.Index(
                fields=["book", "signed_on", "status", "contract_type"], name="contract_concluded"
            ),
            models.Index(
                fields=["book", "origin", "status", "amount_total_fen"], name="contract_begun_state"
            ),
            models.Index(
                fields=["book", "status", "ended_on"],
                condition=Q(need__isnull=False),
                name="contract_solved",
            ),
            # Few contracts come from an award.
            models.Index(
                fields=["award"], condition=Q(award__isnull=False), name="contract_from_award"
            ),
            models.Index(fields=["desk_district", "-id"], name="contract_desk"),
            models.Index(fields=["contract_type", "-id"], name="contract_type"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_signed(self) -> bool:
        """Whether it has been concluded, whatever became of it."""
        return self.status in CONCLUDED

    @property
    def is_foreign(self) -> bool:
        """Whether its amount is stated in a foreign currency."""
        return self.currency != "CNY"

    @property
    def kind(self) -> str:
        """The class of its type, a code of `contract_class`; "" while no type is chosen."""
        return self.contract_type[:2]


class ContractParty(models.Model):
    """One party: an organisation here, one outside, a natural person, or the broker of the deal.

    `identity` is the credit code, or a foreign number; empty for natural persons, whose number is not
    kept here. `share_bp` are basis points: the shares of several parties of a side sum to 10,000.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="parties")
    side = models.CharField(max_length=6, choices=Side.choices)
    position = models.PositiveSmallIntegerField(default=1)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contract_parts", null=True
    )
    broker = models.ForeignKey(
        Broker, on_delete=models.PROTECT, related_name="contract_parts", null=True
    )
    name = models.CharField(max_length=120)
    identity = models.CharField(max_length=40, blank=True)
    is_person = models.BooleanField(default=False)
    nature = models.CharField(max_length=4, blank=True)
    #: Six digits of GB/T 2260, also of places outside the city.
    district = models.CharField(max_length=6, blank=True)
    #: Three letters of ISO 3166-1.
    country = models.CharField(max_length=3, default="CHN")
    legal_head = models.CharField(max_length=60, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    #: Never public.
    contact_phone = models.CharField(max_length=32, blank=True)
    share_bp = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["contract", "side", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="contract_party_side"),
            models.CheckConstraint(
                condition=Q(share_bp__isnull=True) | Q(share_bp__gt=0, share_bp__lte=10_000),
                name="contract_party_share",
            ),
            models.CheckConstraint(
                condition=Q(broker__isnull=True) | Q(side=Side.BROKER), name="contract_party_broker"
            ),
            models.UniqueConstraint(
                fields=["contract", "side", "position"], name="contract_party_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "contract"], name="contract_party_org"),
            models.Index(fields=["broker", "contract"], name="contract_party_of_broker"),
            models.Index(fields=["identity"], name="contract_party_identity"),
            models.Index(fields=["name"], name="contract_party_name"),
            models.Index(fields=["side", "district"], name="contract_party_district"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_inside(self) -> bool:
        """Whether the party is an organisation of the platform, whose approver confirms on line."""
        return self.organization_id is not None


class Deduction(models.Model):
    """One sum of the worksheet: part of the total that is no price of technology (fen)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="deductions")
    kind = models.CharField(max_length=12)
    amount_fen = MoneyField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["contract", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="deduction_amount")
        ]

    def __str__(self) -> Any:
        return f"{self.kind} {self.amount_fen}"
