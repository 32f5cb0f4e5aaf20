"""What follows from a achievement's events: index, messages to those whom it concerns."""

from django.utils.translation import gettext_lazy as _

from marketplace.achievements import events, queries
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from search import engine

kinds.register("achievements.returned", _("成果被退回"))
kinds.register("achievements.published", _("成果已发布"))
kinds.register("achievements.expired", _("成果到期"))


@on(*events.VISIBLE_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the rows as they are now."""
    ids: list[int] = []
    for event in batch:
        several = isinstance(event, events.AchievementsPublished)
        ids += event.ids if several else [event.subject_id]
    engine.refresh("achievements", queries.codes_of(ids))


@on(events.AchievementReturned)
def tell_author_returned(event: events.AchievementReturned) -> None:
    """The author learns why, and where to mend it."""
    reasons = "\n".join(event.reasons)
    _tell(event, "achievements.returned", _("成果“%(title)s”被退回，请按意见修改"), reasons)


@on(events.AchievementPublished)
def tell_author_published(event: events.AchievementPublished) -> None:
    """The author learns that it is out, and that matches are being looked for."""
    _tell(event, "achievements.published", _("成果“%(title)s”已发布，系统正在匹配需求"))


@on(events.AchievementExpired)
def tell_author_expired(event: events.AchievementExpired) -> None:
    """The author can renew it."""
    _tell(event, "achievements.expired", _("成果“%(title)s”已到期，可以续期"))


def _tell(event: Event, kind: str, title: object, body: str = "") -> None:
    achievement = queries.achievement_by_id(event.subject_id)
    if achievement is None:
        return
    notify(
        kind,
        [achievement.author],
        title=title,
        params={"title": achievement.title, "body": body},
        body="%(body)s" if body else "",
        url=f"/workbench/achievements/{achievement.code}/",
        dedupe=f"{kind}:{achievement.pk}:{achievement.rev}",
    )
