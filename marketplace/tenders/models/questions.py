"""Questions about a tender and their answers. Who asks is known to nobody but his own organisation."""

from django.conf import settings
from django.db import models

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField
from marketplace.parties.models import Organization
from marketplace.tenders.models.tenders import Tender


class Question(models.Model):
    """A question of an organisation. The asker is not shown, to the purchaser either: names of bidders are secret."""

    code = CodeField(prefix="TW")
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="questions")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tender", "answered_at", "id"], name="question_of"),
            models.Index(fields=["organization", "-id"], name="question_by"),
        ]

    def __str__(self) -> str:
        return self.code


class Answer(models.Model):
    """An answer, published to all at once. It is never changed: a later one supersedes it, and both stay."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.question_id}"
