"""What the shells need to know of statistics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.parties.policies import access_of
from marketplace.statistics import queries, samples
from marketplace.statistics.policies import CHECKERS, READERS
from marketplace.statistics.rulebook.definitions import PLAN, PLAN_TARGET_FEN, STATED_FEN
from marketplace.statistics.rulebook.pace import percent
from marketplace.web.lines import drawn
from marketplace.web.slices import MenuItem, Samples, Schedule, SiteLink, Slice
from marketplace.web.slots import Answer, Contribution


def _reads(user: Any) -> bool:
    return access_of(user).has(*READERS)


def _checks(user: Any) -> bool:
    return access_of(user).has(*CHECKERS)


class _Shown(NamedTuple):
    """All that the panel of the home page shows. Amounts in fen; `target` is an amount and its document."""

    year: int
    is_empty: bool
    as_of: datetime | None
    amount_fen: int
    target: tuple[int, str] | None
    percent: str
    is_sample: bool
    plan: str
    stated: tuple[tuple[int, int], ...]
    planned: tuple[tuple[int, int, bool], ...]


def _home(_user: Any, rows: Sequence[Any]) -> list[Answer]:
    """The number of the year on the home page; the sample book's where the city's is empty."""
    book, head = queries.number_of_the_year()
    year = clock.today().year
    if head is None:
        head = queries.Headline(year, target=queries.target_of(year))
    target = head.target
    shown = _Shown(
        year=head.year,
        is_empty=head.is_empty,
        as_of=head.as_of,
        amount_fen=head.amount_fen,
        target=(target.amount_fen, target.cited) if target else None,
        percent=percent(head.percent),
        is_sample=book == Book.SAMPLE,
        plan=PLAN,
        stated=tuple(STATED_FEN.items()),
        planned=tuple((one, fen, one < year) for one, fen in PLAN_TARGET_FEN.items()),
    )
    panel = drawn("statistics/home.html", shown)
    return [{"panel": panel} for _row in rows]


SLICE = Slice(
    "statistics",
    "marketplace.statistics.urls",
    menu=(
        MenuItem(_("成交额统计"), "statistics:overview", "chart", "manage", 72, _reads),
        MenuItem(_("登记核验"), "statistics:check", "shield", "manage", 74, _checks),
    ),
    links=(
        SiteLink("header", _("交易数据"), "statistics:dashboard", 38),
        SiteLink("deal", _("交易数据"), "statistics:dashboard", 38),
        SiteLink("editor", _("交易数据"), "statistics:dashboard", 58),
    ),
    samples=Samples("figures", 95, samples.load, samples.remove),
    schedules=(Schedule("statistics.issue_figures", every=3600.0),),
    slots=(Contribution("home.panels", 8, _home, "statistics/slot_home.html"),),
)
