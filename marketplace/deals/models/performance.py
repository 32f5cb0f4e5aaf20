"""What is due under a contract and what was done: milestones, instalments, payments, invoices."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.deals.models.contracts import Contract
from marketplace.kernel import clock
from marketplace.kernel.money import MoneyField


class Milestone(models.Model):
    """A step of performance. `due_on` and `done_on` are days in Shanghai."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["contract", "position"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="milestone_once")
        ]
        indexes = [
            models.Index(
                fields=["due_on"],
                condition=Q(done_on__isnull=True, reminded_at__isnull=True),
                name="milestone_due",
            )
        ]

    def __str__(self) -> str:
        return self.what


class Instalment(models.Model):
    """A payment that the contract plans (fen)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200, blank=True)
    due_on = models.DateField(null=True)
    amount_fen = MoneyField()
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["contract", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="instalment_amount"),
            models.UniqueConstraint(fields=["contract", "position"], name="instalment_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(reminded_at__isnull=True), name="instalment_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.amount_fen}"


class Payment(models.Model):
    """A payment that was made (fen), as a party recorded it. Never changed; an error is reversed by its negative."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="payments")
    instalment = models.ForeignKey(
        Instalment, on_delete=models.SET_NULL, null=True, related_name="payments"
    )
    paid_on = models.DateField()
    amount_fen = MoneyField()
    note = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["contract", "paid_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, reverses__isnull=True)
                | Q(amount_fen__lt=0, reverses__isnull=False),
                name="payment_amount",
            )
        ]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount_fen}"


class Invoice(models.Model):
    """An invoice for a payment or for a part of the contract (fen)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="invoices")
    payment = models.ForeignKey(
        Payment, on_delete=models.SET_NULL, null=True, related_name="invoices"
    )
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    amount_fen = MoneyField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["contract", "issued_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="invoice_amount"),
            models.UniqueConstraint(fields=["contract", "number"], name="invoice_once"),
        ]

    def __str__(self) -> str:
        return self.number
