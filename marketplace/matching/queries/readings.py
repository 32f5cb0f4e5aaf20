"""A listing's words ready for comparison: stored by the worker, or analysed now."""

from typing import Any

from django.db.models import F, Q, QuerySet

from marketplace.achievements.models import Achievement
from marketplace.listings.queries import manager
from marketplace.matching.models import Reading
from marketplace.matching.policies import OPEN
from marketplace.matching.rulebook import affinity
from marketplace.matching.rulebook.affinity import Text
from marketplace.needs.models import Need
from search.analysis import clean


def text_of(listing: Need | Achievement) -> Text:
    """The listing's analysed text. Uses `indicators` (prefetch them) and, if selected, `reading`."""
    title, body = listing.title, _body(listing)
    kept = _selected(listing)
    if kept is None or (kept.rev, kept.version) != (listing.rev, affinity.version()):
        return affinity.read(title, body, is_need=isinstance(listing, Need))
    return Text(dict(kept.telling), frozenset(kept.words.split()), clean(f"{title}\n{body}"))


def english_of(listing: Need | Achievement) -> Text | None:
    """The listing's English text, followed by the rest of its text; None without English."""
    if not (listing.title_en or listing.summary_en):
        return None
    return affinity.joined(affinity.read(listing.title_en, listing.summary_en), text_of(listing))


def need_text(need: Need) -> str:
    """The public words of a need, for retrieval."""
    parts = [need.title, need.summary, need.problem, need.content, " ".join(need.keywords)]
    return "\n".join(part for part in parts if part)


def offer_text(achievement: Achievement) -> str:
    """The public words of an achievement, for retrieval."""
    parts = [
        achievement.title,
        achievement.summary,
        achievement.innovation,
        achievement.scenario,
        achievement.description,
        " ".join(achievement.keywords),
    ]
    return "\n".join(part for part in parts if part)


def unread(model: type[Any]) -> QuerySet[Any]:
    """The open listings without a valid reading, by primary key."""
    as_it_is = Q(reading__rev=F("rev"), reading__version=affinity.version())
    rows = manager(model).filter(status=OPEN).exclude(as_it_is)
    return rows.prefetch_related("indicators").order_by("pk")


def _body(listing: Need | Achievement) -> str:
    text = need_text(listing) if isinstance(listing, Need) else offer_text(listing)
    return f"{text}\n{' '.join(row.name for row in listing.indicators.all())}"


def _selected(listing: Need | Achievement) -> Reading | None:
    """The reading that was selected with the row; never an additional query."""
    link = type(listing)._meta.get_field("reading")  # noqa: SLF001 -- documented
    is_here = link.is_cached(listing)
    return getattr(listing, "reading", None) if is_here else None
