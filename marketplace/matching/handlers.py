"""Reactions to publications and to judgements."""

from marketplace.achievements import events as achievements
from marketplace.journal.events import RowMended, mended
from marketplace.kernel.events import Event, on
from marketplace.listings.events import ids_of
from marketplace.matching import queries, services
from marketplace.matching.events import MatchMarked
from marketplace.matching.models import Verdict
from marketplace.needs import events as needs


@on(needs.EVENTS["publish"], needs.EVENTS["renew"], batch=True)
def match_needs(batch: list[Event]) -> None:
    """Compare published needs with the open achievements."""
    services.take_up_needs([event.subject_id for event in batch])


@on(
    achievements.EVENTS["publish"],
    achievements.EVENTS["renew"],
    achievements.AchievementsPublished,
    batch=True,
)
def match_achievements(batch: list[Event]) -> None:
    """Compare published achievements with the open needs."""
    services.take_up_achievements(ids_of(batch))


@on(RowMended, batch=True)
def match_mended(batch: list[Event]) -> None:
    """Match rows that could not be read earlier and are repaired now."""
    services.take_up_needs(mended(batch, "needs.need"))
    services.take_up_achievements(mended(batch, "achievements.achievement"))


@on(MatchMarked)
def tell_of_fit(event: MatchMarked) -> None:
    """Tell the other side that this side finds the match fitting."""
    match = queries.match_by_id(event.subject_id)
    if match is not None and event.verdict == Verdict.FITS:
        services.tell_of_fit(match, by=event.side)
