"""Notifying owners of listings about matches: each match once, several in one notice."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.matching.models import Match, Side, Verdict
from marketplace.matching.queries import STRONG, open_matches
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties.queries import people_behind

kinds.register("matching.found", _("新的匹配"))
kinds.register("matching.fits", _("对方认为匹配合适"), mail_default=False)


@transaction.atomic
def announce(matches: Iterable[Match], *, to: str) -> int:
    """Notify one side of strong matches that it was not notified of before.

    Returns the number of notices. A repeated call sends nothing again.
    """
    told = f"{to}_told_at"
    keys = [match.pk for match in matches]
    rows = readable(
        open_matches()
        .filter(pk__in=keys, score__gte=STRONG, **{f"{told}__isnull": True})
        .select_related("need__author", "achievement__author", "need__owner", "achievement__owner")
    )
    count = 0
    for group in _groups(rows, to):
        count += _tell(group, to)
    Match.objects.filter(pk__in=[row.pk for row in rows]).update(**{told: clock.now()})
    return count


def tell_of_fit(match: Match, *, by: str) -> int:
    """Notify the other side that this side finds the match fitting."""
    other = Side.ACHIEVEMENT if by == Side.NEED else Side.NEED
    if getattr(match, f"{other}_verdict") == Verdict.DISMISSED:
        return 0
    mine, theirs = getattr(match, other), getattr(match, by)
    title = (
        _("需求方认为成果“%(title)s”合适")
        if other == Side.ACHIEVEMENT
        else _("成果方认为可以解决需求“%(title)s”")
    )
    return notify(
        "matching.fits",
        people_behind(mine.author, mine.owner_id),
        title=title,
        body=_("对方的信息：%(other)s"),
        params={"title": mine.title, "other": theirs.title},
        url=address_of(f"matching:for_{other}", mine.code),
        dedupe=f"matching.fits:{match.pk}:{by}",
    )


def _groups(rows: Sequence[Match], to: str) -> Iterable[list[Match]]:
    """Groups of matches for one notice: one for each need, one for each author of achievements."""

    def key(match: Match) -> int:
        return match.need_id if to == Side.NEED else match.achievement.author_id

    return [list(group) for _key, group in groupby(sorted(rows, key=key), key=key)]


def _tell(group: Sequence[Match], to: str) -> int:
    best = max(group, key=lambda match: (match.score, match.retrieval))
    subject: Any
    other: Any
    if to == Side.NEED:
        title, subject, other = _("有新的成果匹配你的需求“%(title)s”"), best.need, best.achievement
        url = address_of("matching:for_need", best.need.code)
    elif len({match.achievement_id for match in group}) == 1:
        title, subject, other = _("有新的需求匹配你的成果“%(title)s”"), best.achievement, best.need
        url = address_of("matching:for_achievement", best.achievement.code)
    else:
        title, subject, other = _("需求“%(title)s”匹配你的多项成果"), best.need, best.achievement
        url = address_of("matching:for_need", best.need.code)
    told = getattr(best, to)
    return notify(
        "matching.found",
        people_behind(told.author, told.owner_id),
        title=title,
        body=_("共 %(count)s 项，匹配度最高 %(score)s：%(best)s"),
        params={
            "title": subject.title,
            "count": len(group),
            "score": best.score,
            "best": other.title,
        },
        url=url,
        dedupe=f"matching.found:{to}:{','.join(sorted(match.code for match in group))}",
    )
