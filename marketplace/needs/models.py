"""需求: a technical need of an enterprise, and its indicator rows (`domain.md` §3)."""

from django.db import models

from marketplace.kernel.figures import validate_figure
from marketplace.kernel.models import CodeField
from marketplace.kernel.money import MoneyField
from marketplace.listings.models import IndicatorRow, Listing, listing_checks, range_check
from marketplace.listings.workflow import State
from marketplace.needs.workflow import NEED, SOLVED, Status


class Need(Listing):
    """What an enterprise looks for. `budget_*` in fen, None = 面议; `deadline` a day in Shanghai."""

    code = CodeField(prefix="XQ")
    status = models.CharField(max_length=12, choices=Status.choices, default=State.DRAFT)

    kind = models.CharField(max_length=16, blank=True)
    background = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    content = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    trl_min = models.PositiveSmallIntegerField(null=True, blank=True)
    budget_min = MoneyField(null=True, blank=True)
    budget_max = MoneyField(null=True, blank=True)
    deadline = models.DateField(null=True, blank=True)
    ip_terms = models.CharField(max_length=200, blank=True)
    conditions = models.TextField(blank=True)
    intended_partner = models.CharField(max_length=200, blank=True)
    hide_owner = models.BooleanField(default=False)
    solved_how = models.CharField(max_length=16, blank=True)

    class Meta(Listing.Meta):
        constraints = [
            *Listing.Meta.constraints,
            *listing_checks("need", NEED, SOLVED, price="budget", trl="trl_min"),
        ]


class NeedIndicator(IndicatorRow):
    """One measurable requirement: where the enterprise stands and where it must get to."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="indicators")
    current = models.CharField(max_length=40, blank=True)
    target = models.DecimalField(max_digits=18, decimal_places=6, validators=[validate_figure])
    target_high = models.DecimalField(
        max_digits=18, decimal_places=6, null=True, blank=True, validators=[validate_figure]
    )
    must = models.BooleanField(default=True)

    class Meta(IndicatorRow.Meta):
        constraints = [
            *IndicatorRow.Meta.constraints,
            range_check("target", "need_indicator_range"),
        ]

    @property
    def requirement(self) -> str:
        """The target as people write it, for example `≥ 21 kOe`."""
        return self.write(self.target, self.target_high)
