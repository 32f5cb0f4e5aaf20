"""Payments, invoices and milestones as the API gives and takes them. Amounts are fen."""

from typing import Any

from rest_framework import serializers

from marketplace.deals.api.shapes import RevWrite, money

#: Numbers of rows within one contract.
MOST = 100_000


def _number(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=MOST, **more)


class PaymentWrite(RevWrite):
    """A payment that was made."""

    paid_on = serializers.DateField()
    amount_fen = money()
    instalment = _number(
        required=False, allow_null=True, default=None, help_text="付款计划的期次 position"
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PaymentRead(serializers.Serializer[Any]):
    """A payment, or the negative one that takes it back."""

    number = serializers.IntegerField(help_text="登记的次序，从 1 开始")
    paid_on = serializers.DateField()
    amount_fen = serializers.IntegerField(help_text="冲销为负数")
    instalment = serializers.SerializerMethodField(help_text="付款计划的期次")
    reverses = serializers.IntegerField(
        source="reverses_number", allow_null=True, help_text="所冲销的付款"
    )
    note = serializers.CharField()

    def get_instalment(self, payment: Any) -> int | None:
        """The position of the planned payment."""
        return payment.instalment.position if payment.instalment is not None else None


class ReversalWrite(RevWrite):
    """Which payment was recorded by mistake, and why."""

    payment = _number(help_text="付款的 number")
    reason = serializers.CharField(max_length=200)


class InvoiceWrite(RevWrite):
    """An invoice."""

    number = serializers.CharField(max_length=30)
    issued_on = serializers.DateField()
    amount_fen = money()
    payment = _number(required=False, allow_null=True, default=None, help_text="对应付款的 number")


class InvoiceRead(serializers.Serializer[Any]):
    """An invoice."""

    number = serializers.CharField()
    issued_on = serializers.DateField()
    amount_fen = serializers.IntegerField()
    payment = serializers.IntegerField(source="payment_number", allow_null=True)


class MilestoneRead(serializers.Serializer[Any]):
    """A milestone."""

    position = serializers.IntegerField()
    what = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    done_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()


class MilestoneWrite(RevWrite):
    """A milestone that was reached."""

    position = _number()
    done_on = serializers.DateField()
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
