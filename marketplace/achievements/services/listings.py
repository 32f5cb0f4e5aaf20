"""How the shared writes of listings treat an achievement."""

from collections.abc import Mapping
from typing import Any

from marketplace.achievements import queries
from marketplace.achievements.events import EVENTS
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.workflow import ACHIEVEMENT, TRANSFERRED
from marketplace.listings.services import Lifecycle, register


def _lock_batch(achievement: Achievement) -> None:
    """Lock the batch of a row before the row, in the order in which decisions on a batch lock.

    A row then returns to an open batch either before the decision on it, or with a later `updated_at`,
    which the decision does not reach.
    """
    if achievement.import_batch_id is not None:
        ImportBatch.objects.select_for_update().get(pk=achievement.import_batch_id)


def _confirm_title(achievement: Achievement, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whoever saves the title has seen it: it is no longer one that the import proposed."""
    confirms = "title" in values and achievement.proposed_title
    return {**values, "proposed_title": False} if confirms else values


LIFECYCLE = register(
    Lifecycle(
        model=Achievement,
        flow=ACHIEVEMENT,
        events=EVENTS,
        ending=TRANSFERRED,
        quality=queries.quality_of,
        before={"submit": _lock_batch},
        adapt=_confirm_title,
    )
)
