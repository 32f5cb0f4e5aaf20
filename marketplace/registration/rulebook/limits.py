"""Time limits of the recognition, each with the day from which it holds and its source.

Which row holds is decided by the day of acceptance. What the final text of 2026 says could not be read;
such rows have `verified=False`, and pages say so.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

#: From this day on the measures of 2026 hold (law firm's page and a news page; official text not found).
EFFECTIVE_2026 = date(2026, 3, 1)


@dataclass(frozen=True)
class Limits:
    """What holds from the day `since` on.

    `days` until the decision from the acceptance on, `large_days` for a large or disputed contract;
    `working` says whether they are working days. `intake_days` are working days from submission until
    the bureau accepts or says what is missing (行政许可法 art. 32). Thresholds stand in `settings`.
    """

    since: date
    days: int
    large_days: int
    working: bool
    intake_days: int
    source: object
    verified: bool


LIMITS = (
    Limits(
        date(2001, 1, 1),
        30,
        30,
        False,
        5,
        _("《技术合同认定登记管理办法》（2000 年）：受理之日起 30 日"),
        True,
    ),
    Limits(
        EFFECTIVE_2026,
        15,
        30,
        True,
        5,
        _(
            "新办法征求意见稿（2024 年 12 月）：15 个工作日，大额或有争议的 30 个工作日；正式文本尚未核实"
        ),
        False,
    ),
)


def limits_on(day: date) -> Limits:
    """The limits that hold on a day; for a day before the first row, the first row."""
    return next((row for row in reversed(LIMITS) if row.since <= day), LIMITS[0])


#: Days from signing after which a contract without a number is listed as 应登未登 (our own setting).
OVERDUE_DAYS = 60
