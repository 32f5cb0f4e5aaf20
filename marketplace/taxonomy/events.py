"""What happens to the code lists. Names and fields are a stored contract."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event


class _TermEvent:
    subject_kind = "taxonomy.term"


@dataclass(frozen=True, kw_only=True)
class TermAdded(_TermEvent, Event):
    label = pgettext_lazy("event", "新增条目")
    scheme: str
    code: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class TermRenamed(_TermEvent, Event):
    """`before` and `after` are the Chinese labels; other columns may have changed too."""

    label = _("修改条目")
    scheme: str
    code: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class TermRetired(_TermEvent, Event):
    """`day` is the first day on which the term can't be chosen any more (ISO)."""

    label = pgettext_lazy("event", "停用条目")
    scheme: str
    code: str
    day: str = ""


@dataclass(frozen=True, kw_only=True)
class TermRestored(_TermEvent, Event):
    label = _("恢复条目")
    scheme: str
    code: str


class _CalendarEvent:
    subject_kind = "taxonomy.calendaryear"


@dataclass(frozen=True, kw_only=True)
class WorkingDayAdded(_CalendarEvent, Event):
    """`day` is ISO."""

    label = _("录入特殊日期")
    day: str
    is_working: bool
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkingDayRemoved(_CalendarEvent, Event):
    """`day` is ISO."""

    label = _("删除特殊日期")
    day: str


@dataclass(frozen=True, kw_only=True)
class CalendarYearMarked(_CalendarEvent, Event):
    """A year was declared complete, or no longer so."""

    label = _("标记年份是否录入完整")
    year: int
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class CalendarRunsOut(_CalendarEvent, Event):
    """The last known year ends soon, and `year` must be entered."""

    label = pgettext_lazy("event", "下一年度工作日待录入")
    year: int
