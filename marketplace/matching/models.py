"""匹配: one achievement that may answer one need, the explanation, and the judgements of both sides."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField
from marketplace.needs.models import Need


class Side(models.TextChoices):
    """The side from which a match is seen."""

    NEED = "need", _("需求方")
    ACHIEVEMENT = "achievement", _("成果方")


#: A match has two sides by its nature, and they are not alike: one asks, the other offers. So they are
#: named, here and in the columns of `Match`; work that is the same for both is a loop over this table.
LISTINGS: dict[Side, type[Need] | type[Achievement]] = {
    Side.NEED: Need,
    Side.ACHIEVEMENT: Achievement,
}


class Verdict(models.TextChoices):
    """The judgement of a side on a match."""

    FITS = "fits", _("合适")
    DISMISSED = "dismissed", _("不合适")


class Reason(models.TextChoices):
    """Why a match was dismissed; a fixed list, so that universities can learn what industry lacks in their offers."""

    EARLY = "early", _("阶段太早")
    NO_GAIN = "no_gain", _("与现有方案相比优势不明")
    UNCLEAR_USE = "unclear_use", _("用途不清")
    INDICATORS = "indicators", _("指标不满足")
    PRICE = "price", _("价格不合适")
    COOPERATION = "cooperation", _("合作方式不合")
    HAS_SOURCE = "has_source", _("已有来源")
    WRONG_FIELD = "wrong_field", _("领域不符")
    OTHER = "other", _("其他")


class Match(models.Model):
    """A pair whose score is at least FLOOR, as it was last computed.

    `evidence` holds the compared rows as plain data, worded in the reader's language when shown;
    `retrieval` is the score of the search engine, which breaks ties. The revisions say which texts were
    compared. It is visible to those who may see both listings; nobody sees a dismissed one in a list.
    """

    code = CodeField(prefix="PP")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="matches")
    achievement = models.ForeignKey(Achievement, on_delete=models.CASCADE, related_name="matches")
    score = models.PositiveSmallIntegerField()
    retrieval = models.FloatField(default=0.0)
    evidence = models.JSONField(default=dict)
    weights_version = models.CharField(max_length=16)
    need_rev = models.PositiveIntegerField()
    achievement_rev = models.PositiveIntegerField()
    found_at = models.DateTimeField(default=clock.now)
    computed_at = models.DateTimeField(default=clock.now)
    need_verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    achievement_verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    need_told_at = models.DateTimeField(null=True)
    achievement_told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-score", "-retrieval", "id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "achievement"], name="match_once"),
            models.CheckConstraint(condition=models.Q(score__range=(0, 100)), name="match_score"),
            models.CheckConstraint(
                condition=models.Q(need_verdict__in=["", *Verdict.values])
                & models.Q(achievement_verdict__in=["", *Verdict.values]),
                name="match_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["need", "-score"], name="match_of_need"),
            models.Index(fields=["achievement", "-score"], name="match_of_achievement"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.score}"

    @property
    def is_dismissed(self) -> bool:
        """Whether either side has dismissed the match."""
        return Verdict.DISMISSED in {self.need_verdict, self.achievement_verdict}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The compared rows as stored."""
        return list(self.evidence.get("rows", []))


class MatchFeedback(models.Model):
    """One judgement of one side; the latest of each side counts, earlier ones are kept."""

    match = models.ForeignKey(Match, on_delete=models.CASCADE, related_name="feedback")
    side = models.CharField(max_length=12, choices=Side.choices)
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.FITS, reason="")
                | models.Q(verdict=Verdict.DISMISSED, reason__in=Reason.values),
                name="feedback_reason",
            ),
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="feedback_side"),
        ]
        indexes = [models.Index(fields=["reason", "at"], name="feedback_reasons")]

    def __str__(self) -> str:
        return f"{self.match_id} {self.side}: {self.verdict}"


class Reading(models.Model):
    """What `affinity.take_apart` made of a listing's public text, kept by the worker.

    Analysing a text takes milliseconds, and a live match compares dozens. A reading is valid for one
    revision of the listing and one version of the analysis; otherwise it is not used. `telling`
    is a list of [word, weight], the most specific first; `words` are all words, separated by blanks.
    """

    need = models.OneToOneField(Need, on_delete=models.CASCADE, null=True)
    achievement = models.OneToOneField(Achievement, on_delete=models.CASCADE, null=True)
    rev = models.PositiveIntegerField()
    version = models.CharField(max_length=16)
    telling = models.JSONField(default=list)
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(need__isnull=True, achievement__isnull=False)
                | models.Q(need__isnull=False, achievement__isnull=True),
                name="reading_of_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id or self.achievement_id}: {self.rev}"
