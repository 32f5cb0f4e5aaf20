"""What a mandate says about money: its terms, what is wrong with them, and the fee of one contract.

All amounts are integer fen, all shares basis points (1 % = 100). No model, no clock.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage.rulebook.periods import MOST_PROTECTION_DAYS
from marketplace.kernel.money import MAX_FEN

#: 100 % in basis points.
WHOLE = 10_000
#: A fee that falls due later than this after the contract is no fee for this contract.
MOST_DUE_DAYS = 365


class Payer(TextChoices):
    """Who owes the fee (民法典 963: several parties who were served share it as agreed)."""

    CLIENT = "client", _("委托方支付")
    OTHER = "other", _("对方支付")
    BOTH = "both", _("双方分担")


class FeeKind(TextChoices):
    """How the fee is reckoned."""

    PERCENT = "percent", _("按合同金额的比例")
    SUM = "sum", _("固定金额")


class DueOn(TextChoices):
    """The event after which the fee is due."""

    SIGNED = "signed", _("合同成立后")
    FIRST_PAYMENT = "first_payment", _("首笔款到账后")
    EACH_PAYMENT = "each_payment", _("每笔款到账后，按比例")


class ContractForm(TextChoices):
    """Between whom the mandate stands when it is registered as a contract of 技术中介."""

    TWO = "two", _("两方合同（委托方、技术经纪人）")
    THREE = "three", _("三方合同（委托方、对方、技术经纪人）")


@dataclass(frozen=True)
class Terms:
    """What both sides agree to, beside scope and period. Empty amounts are None."""

    exclusive: bool = False
    payer: str = Payer.CLIENT.value
    #: The client's part of the fee where both sides pay; the other side pays the rest.
    client_share_bp: int = WHOLE
    due_on: str = DueOn.SIGNED.value
    due_days: int = 15
    fee_kind: str = FeeKind.PERCENT.value
    rate_bp: int | None = None
    floor_fen: int | None = None
    cap_fen: int | None = None
    sum_fen: int | None = None
    #: Necessary expenses that are paid though no contract came about (民法典 964); None: none agreed.
    expenses_fen: int | None = None
    protection_days: int = 180
    form: str = ContractForm.TWO.value
    note: str = ""

    @classmethod
    def of(cls, source: Any) -> Self:
        """The terms in a mapping, or in the columns of a row."""
        read = source.get if isinstance(source, Mapping) else lambda name: getattr(source, name)
        names = [field.name for field in fields(cls)]
        if isinstance(source, Mapping):
            names = [name for name in names if name in source]
        values: dict[str, Any] = {name: read(name) for name in names}
        return cls(**values)

    def columns(self) -> dict[str, Any]:
        """The terms by name."""
        return asdict(self)


def fee_of(terms: Terms, amount_fen: int | None) -> int | None:
    """The fee in fen for a contract of `amount_fen`; None where a percentage has nothing to be of.

    A percentage is rounded half up to the fen, then raised to the floor or lowered to the cap.
    """
    if terms.fee_kind == FeeKind.SUM:
        return terms.sum_fen
    if amount_fen is None or terms.rate_bp is None:
        return None
    fee = (amount_fen * terms.rate_bp + WHOLE // 2) // WHOLE
    if terms.floor_fen is not None:
        fee = max(fee, terms.floor_fen)
    if terms.cap_fen is not None:
        fee = min(fee, terms.cap_fen)
    return fee


def shares_of(terms: Terms, fee_fen: int) -> tuple[int, int]:
    """What the client and the other side pay of a fee; together exactly the fee."""
    part = {Payer.CLIENT: WHOLE, Payer.OTHER: 0}.get(Payer(terms.payer), terms.client_share_bp)
    client = (fee_fen * part + WHOLE // 2) // WHOLE
    return client, fee_fen - client


Found = dict[str, list[Any]]


def problems(terms: Terms) -> Found:
    """What is wrong with the terms, by field; empty when they can be agreed to."""
    found: Found = {
        name: [_("请从列表中选择")]
        for name, known in (
            ("payer", Payer),
            ("fee_kind", FeeKind),
            ("due_on", DueOn),
            ("form", ContractForm),
        )
        if getattr(terms, name) not in known.values
    }
    found |= _of_percentage(terms) if terms.fee_kind == FeeKind.PERCENT else _of_sum(terms)
    for name in ("floor_fen", "cap_fen", "sum_fen", "expenses_fen"):
        value = getattr(terms, name)
        if value is not None and not 0 <= value <= MAX_FEN:
            found[name] = [_("金额超出可登记的范围")]
    if terms.payer == Payer.BOTH and not 0 < terms.client_share_bp < WHOLE:
        found["client_share_bp"] = [_("双方分担时，委托方的份额应大于 0 且小于 100%")]
    if not 0 <= terms.due_days <= MOST_DUE_DAYS:
        found["due_days"] = [_("付款期限应在 0 至 365 天之间")]
    if not 0 <= terms.protection_days <= MOST_PROTECTION_DAYS:
        text = _("保护期应在 0 至 %(most)d 天之间") % {"most": MOST_PROTECTION_DAYS}
        found["protection_days"] = [text]
    return found


def _of_percentage(terms: Terms) -> Found:
    found: Found = {}
    if terms.rate_bp is None:
        found["rate_bp"] = [_("请填写佣金比例")]
    elif not 0 < terms.rate_bp <= WHOLE:
        found["rate_bp"] = [_("佣金比例应大于 0，不超过 100%")]
    if terms.sum_fen is not None:
        found["sum_fen"] = [_("按比例计算佣金时，不填固定金额")]
    if (
        terms.floor_fen is not None
        and terms.cap_fen is not None
        and terms.floor_fen > terms.cap_fen
    ):
        found["cap_fen"] = [_("佣金上限不能低于下限")]
    return found


def _of_sum(terms: Terms) -> Found:
    found: Found = {
        name: [_("固定金额的佣金，不填比例、下限和上限")]
        for name in ("rate_bp", "floor_fen", "cap_fen")
        if getattr(terms, name) is not None
    }
    if not terms.sum_fen:
        found["sum_fen"] = [_("请填写佣金金额")]
    return found
