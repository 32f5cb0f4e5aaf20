"""What follows from an achievement's events: index, messages to those whom it concerns."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.achievements import events, queries
from marketplace.journal.events import RowMended, mended
from marketplace.kernel.events import Event, on
from marketplace.listings.index import OWNER_NAMES
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties.events import OrganizationEdited
from marketplace.parties.policies import access_of
from marketplace.parties.queries import people_behind
from search import engine

kinds.register("achievements.returned", _("成果被退回"))
kinds.register("achievements.published", _("成果已发布"))
kinds.register("achievements.expired", _("成果到期"))
kinds.register("achievements.imported", _("批量导入的进展"))


@on(*events.VISIBLE_CHANGES, batch=True)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the rows as they are now."""
    engine.refresh("achievements", queries.codes_of(events.ids_of(batch)))


@on(OrganizationEdited, batch=True)
def follow_renamed_owners(batch: list[OrganizationEdited]) -> None:
    """Listings are found by the name of whoever owns them."""
    renamed = [event.subject_id for event in batch if OWNER_NAMES & set(event.fields)]
    if renamed:
        engine.refresh("achievements", queries.codes_of_owners(renamed))


@on(events.AchievementSamplesRemoved)
def forget_samples(event: events.AchievementSamplesRemoved) -> None:
    """Take deleted samples out of the search index."""
    engine.refresh("achievements", event.codes)


@on(RowMended, batch=True)
def take_back(batch: list[Event]) -> None:
    """What could not be read when it was indexed is found again."""
    engine.refresh("achievements", queries.codes_of(mended(batch, queries.KIND)))


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


@on(events.ImportReviewed)
def tell_batch_reviewed(event: events.ImportReviewed) -> None:
    """Whoever imported a batch learns what came of it: one message, however many rows."""
    batch = queries.batch_by_id(event.subject_id)
    if batch is None:
        return
    by_operator = access_of(batch.actor).has("operator")
    notify(
        "achievements.imported",
        [batch.actor] if by_operator else people_behind(batch.actor, batch.owner_id),
        title=_("批量导入“%(name)s”已审核：发布 %(published)s 条，退回 %(returned)s 条"),
        params={
            "name": batch.file_name,
            "published": event.published,
            "returned": event.returned,
        },
        url=f"/workbench/achievements/import/{batch.code}/",
        dedupe=f"achievements.reviewed:{batch.pk}",
    )


def _tell(event: Event, kind: str, title: Any, body: str = "") -> None:
    achievement = queries.achievement_by_id(event.subject_id)
    if achievement is None:
        return
    notify(
        kind,
        people_behind(achievement.author, achievement.owner_id),
        title=title,
        params={"title": achievement.title, "body": body},
        body="%(body)s" if body else "",
        url=f"/workbench/achievements/{achievement.code}/",
        dedupe=f"{kind}:{achievement.pk}:{achievement.rev}",
    )
