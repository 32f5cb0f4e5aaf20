"""What the shells need to know of code lists and working days."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel import clock
from marketplace.taxonomy import queries
from marketplace.taxonomy.policies import operates
from marketplace.web.slices import MenuItem, Schedule, Slice, Todo


def _year_to_enter(user: Any) -> Iterator[Todo]:
    """The operator enters the next year before the last known one ends. No query but the calendar's."""
    year = queries.year_to_enter() if operates(user) else None
    if year is not None:
        yield Todo(
            "calendar",
            _("录入 %(year)s 年的节假日安排") % {"year": str(year)},
            _("到期未录入时，法定期限无法计算，提醒按星期一至星期五估算。"),
            _("去录入"),
            reverse("taxonomy:year", args=[year]),
            clock.end_of_day(date(year - 1, 12, 31)),
            order=44,
        )


SLICE = Slice(
    "taxonomy",
    "marketplace.taxonomy.urls",
    menu=(
        MenuItem(gettext_lazy("分类与代码"), "taxonomy:schemes", "list", "manage", 50, operates),
        MenuItem(gettext_lazy("工作日"), "taxonomy:years", "calendar", "manage", 54, operates),
    ),
    todos=(_year_to_enter,),
    schedules=(Schedule("taxonomy.warn_of_calendar", every=24 * 3600.0),),
)
