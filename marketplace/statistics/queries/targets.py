"""Targets: which holds, and what held before."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.deals.workflow import Book
from marketplace.statistics.models import Target
from marketplace.statistics.rulebook.definitions import PLAN, PLAN_TARGET_FEN, SAMPLE_SOURCE


@dataclass(frozen=True)
class Aim:
    """The target of a year in fen, and the document that sets it."""

    amount_fen: int
    source: str

    @property
    def cited(self) -> str:
        """The document as a page names it: its own title, but of an invented target the reader's words."""
        return _("示例目标") if self.source == SAMPLE_SOURCE else self.source


def target_of(year: int, *, book: str = Book.CITY, district: str = "") -> Aim | None:
    """The target that holds; for the city the plan's, where nobody has set another. None without one."""
    return targets_of([year], book=book, district=district).get(year)


def targets_of(years: list[int], *, book: str = Book.CITY, district: str = "") -> dict[int, Aim]:
    """The targets of several years, in one query."""
    found: dict[int, Aim] = {}
    # Invented figures are not measured by the city's plan.
    if not district and book == Book.CITY:
        found = {y: Aim(PLAN_TARGET_FEN[y], PLAN) for y in years if y in PLAN_TARGET_FEN}
    rows = Target.objects.filter(book=book, year__in=years, district=district).order_by("pk")
    for row in rows:
        found.pop(row.year, None)
        if row.amount_fen is not None:
            found[row.year] = Aim(row.amount_fen, row.source)
    return found


def targets_by_district(year: int, *, book: str = Book.CITY) -> dict[str, Aim]:
    """The target of each district that has one."""
    found: dict[str, Aim] = {}
    rows = Target.objects.filter(book=book, year=year).exclude(district="").order_by("pk")
    for row in rows:
        found.pop(row.district, None)
        if row.amount_fen is not None:
            found[row.district] = Aim(row.amount_fen, row.source)
    return found


def target_history(*, book: str = Book.CITY) -> "QuerySet[Target]":
    """Every target ever set, the newest first."""
    return Target.objects.filter(book=book).select_related("set_by").order_by("-pk")
