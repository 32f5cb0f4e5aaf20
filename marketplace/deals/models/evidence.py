"""Evidence of the price of a state-held result, brokers who are not named, proposals of an origin."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.brokerage.models import Introduction
from marketplace.deals.models.contracts import Contract
from marketplace.deals.workflow import Route
from marketplace.files.models import Attachment
from marketplace.kernel import clock
from marketplace.kernel.models import Stamped


class PriceEvidence(Stamped):
    """How the price of a state-held result was found: publicity of an agreed price, listing or auction.

    `starts_on` and `ends_on` are the first and the last day of the publicity, both inclusive.
    促进科技成果转化法 art. 18; at least 15 days: 山东省促进科技成果转化条例 art. 14.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="price_evidence")
    route = models.CharField(max_length=10, choices=Route.choices)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    result = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        ordering = ["contract", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(route__in=Route.values), name="price_route"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="price_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.route}"


class BrokerFlag(models.Model):
    """A broker who introduced two of the parties and is not named in the contract they signed.

    Parties and registrars see it. It is never a ground to refuse anything: 民法典 art. 965 gives a claim.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="broker_flags")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["contract", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "introduction"], name="broker_flag_once")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.introduction_id}"


class OriginProposal(models.Model):
    """A record that an imported contract may have come from. It counts when somebody confirms it.

    `kind` is "needs", "achievements" or "intents"; `score` is 0 to 100; `reasons` are codes.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="origin_proposals"
    )
    kind = models.CharField(max_length=12)
    record_id = models.PositiveBigIntegerField()
    record_code = models.CharField(max_length=16)
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["contract", "-score", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "kind", "record_id"], name="origin_proposal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.record_code}"
