"""Questions about achievements."""

from typing import Any

from django.db.models import QuerySet
from django.forms.models import model_to_dict

from marketplace.achievements import rulebook
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.listings import queries as listings
from marketplace.listings.policies import REVIEWERS
from marketplace.listings.rulebook import Quality
from marketplace.parties.policies import access_of

KIND = "achievements.achievement"


def visible_to(actor: Any) -> QuerySet[Achievement]:
    """The achievements that `actor` may see."""
    return listings.visible_to(Achievement, actor)


def own_achievements(actor: Any) -> QuerySet[Achievement]:
    """Needs of the organisations that `actor` works for."""
    return listings.own(Achievement, actor)


def achievements_to_review(actor: Any) -> QuerySet[Achievement]:
    """The review queue of `actor`, oldest first."""
    return listings.waiting_for_review(Achievement, actor)


def quality_of(achievement: Achievement) -> Quality:
    """The quality gate's view of a stored achievement; two queries."""
    rows = [model_to_dict(row) for row in achievement.indicators.all()]
    owners = [row.share for row in achievement.owners.all()]
    return rulebook.assess(model_to_dict(achievement), rows, owners)


def newest(limit: int) -> list[Achievement]:
    """The achievements published last and still open."""
    return list(
        Achievement.objects.filter(status="published")
        .select_related("owner")
        .order_by("-published_at", "-id")[:limit]
    )


def achievement_by_id(pk: int) -> Achievement | None:
    """The achievement of an event, or None when the draft has been deleted."""
    return Achievement.objects.select_related("owner", "author").filter(pk=pk).first()


def codes_of(ids: list[int]) -> list[str]:
    """Public codes of these rows, for the index."""
    return list(Achievement.objects.filter(pk__in=ids).values_list("code", flat=True))


def may_read_file(user: Any, attachment: Any) -> bool:
    """Public attachments follow the achievement; restricted ones its confidential part."""
    achievement = Achievement.objects.filter(pk=attachment.subject_id).first()
    verb = (
        "view_achievement" if attachment.audience == "public" else "view_confidential_achievement"
    )
    return achievement is not None and user.has_perm(f"achievements.{verb}", achievement)


def batches_to_review(actor: Any) -> QuerySet[ImportBatch]:
    """Imported batches that wait for this person's review, oldest first."""
    access = access_of(actor)
    if not access.has(*REVIEWERS):
        return ImportBatch.objects.none()
    waiting = ImportBatch.objects.filter(status=ImportBatch.Status.IN_REVIEW)
    return (
        waiting.exclude(owner_id__in=list(access.orgs))
        .select_related("owner")
        .order_by("created_at", "id")
    )
