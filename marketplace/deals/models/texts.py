"""Final texts and who confirmed them; amendments of a signed contract; the signed copy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models.contracts import Contract, ContractParty
from marketplace.deals.workflow import AmendmentStatus, Side
from marketplace.files.models import Attachment
from marketplace.kernel import clock


class TextSource(models.TextChoices):
    """Where a final text came from."""

    GENERATED = "generated", _("由平台生成")
    UPLOADED = "uploaded", _("上传文件")


class FinalText(models.Model):
    """定稿: one text put before both sides. Its file and hash never change; a new text is a new number."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=TextSource.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    #: The contract went back to draft: the confirmations no longer count.
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    #: When the last party confirmed.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["contract", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="final_text_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(withdrawn_at__isnull=True),
                name="final_text_one_open",
            ),
            models.CheckConstraint(
                condition=Q(source__in=TextSource.values), name="final_text_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.number}"


class FinalConfirmation(models.Model):
    """A party agrees to the text with this hash: its approver on line, or a scan that is attested."""

    final_text = models.ForeignKey(
        FinalText, on_delete=models.CASCADE, related_name="confirmations"
    )
    party = models.ForeignKey(ContractParty, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    sha256 = models.CharField(max_length=64)
    attested = models.BooleanField(default=False)
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["final_text", "id"]
        constraints = [
            models.UniqueConstraint(fields=["final_text", "party"], name="final_confirmation_once"),
            models.CheckConstraint(
                condition=Q(attested=False, scan__isnull=True)
                | Q(attested=True, scan__isnull=False),
                name="final_confirmation_scan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.final_text_id} {self.party_id}"


class SignedForm(models.TextChoices):
    """How the signed contract is shown (民法典 art. 490)."""

    SCAN = "scan", _("各方盖章、签字的扫描件")
    ESIGN = "esign", _("带电子签名的 PDF 文件（平台不验证签名）")


class SignedCopy(models.Model):
    """The signed contract as a file. More copies may be added; none is replaced."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="copies")
    form = models.CharField(max_length=5, choices=SignedForm.choices)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    #: The person who added it said that the seals or signatures of all parties are on it.
    fully_sealed = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["contract", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(form__in=SignedForm.values), name="signed_copy_form")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.form}"


class Amendment(models.Model):
    """变更: what a signed contract said before and after. Agreed by an approver of each side."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=10, choices=AmendmentStatus.choices, default=AmendmentStatus.PROPOSED
    )
    #: Section of the contract, and its columns before and after as plain values.
    section = models.CharField(max_length=12)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    side = models.CharField(max_length=6, choices=Side.choices)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    #: The other side is outside the platform: its sealed agreement, attested by the side that proposed.
    scan = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    decision_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["contract", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="amendment_once"),
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(status=AmendmentStatus.PROPOSED),
                name="amendment_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=AmendmentStatus.values), name="amendment_status"
            ),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="amendment_side"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} a{self.number}"
