"""How often an article has changed for readers: the revision that the search index goes by."""

from typing import Any

from django.db import models
from django.db.models import F


class ArticleCount(models.Model):
    """The count of one article in one language.

    A row of its own and no column of the page: Wagtail writes a page back from a draft, which holds
    every column as it was, and the count has to outlive the page, since a translation that is made
    anew has the name of the one that was deleted.
    """

    translation_key = models.UUIDField()
    language = models.CharField(max_length=100)
    rev = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["translation_key", "language"], name="article_count"),
        ]

    def __str__(self) -> str:
        return f"{self.translation_key.hex}.{self.language}: {self.rev}"


def raise_count(page: Any) -> None:
    """One more change; in the transaction of the change, which holds the row until it ends."""
    key = {"translation_key": page.translation_key, "language": page.locale.language_code}
    if not ArticleCount.objects.filter(**key).update(rev=F("rev") + 1):
        ArticleCount.objects.bulk_create([ArticleCount(**key)], ignore_conflicts=True)
        ArticleCount.objects.filter(**key).update(rev=F("rev") + 1)
