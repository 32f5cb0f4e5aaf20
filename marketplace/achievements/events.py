"""What happens to achievements and imported batches. Names and fields are a stored contract."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event
from marketplace.listings.events import events_of

EVENTS = events_of(
    "Achievement",
    "achievements.achievement",
    {
        "create": _("新建成果草稿"),
        "edit": _("修改成果内容"),
        "delete": _("删除成果草稿"),
        "remove_samples": _("移除示例成果"),
    },
    end=("transfer", "Transferred", pgettext_lazy("event", "标记为已转化")),
)


class _BatchEvent:
    subject_kind = "achievements.import"


@dataclass(frozen=True, kw_only=True)
class ImportStarted(_BatchEvent, Event):
    label = _("上传导入文件")


@dataclass(frozen=True, kw_only=True)
class ImportConfirmed(_BatchEvent, Event):
    """`mode` is "all" (nothing unless every row is good) or "valid" (the good rows)."""

    label = pgettext_lazy("event", "确认导入")
    mode: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementsImported(_BatchEvent, Event):
    """At most 500 achievements of a batch were made, waiting for review. `ids` are their keys."""

    label = _("导入成果")
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ImportSubmitted(_BatchEvent, Event):
    label = _("整批提交审核")
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class ImportFailed(_BatchEvent, Event):
    label = _("导入未完成")


@dataclass(frozen=True, kw_only=True)
class AchievementsPublished(_BatchEvent, Event):
    """At most 500 achievements of a batch were published. `ids` are their keys."""

    label = _("整批通过并发布")
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AchievementsReturned(_BatchEvent, Event):
    """At most 500 achievements of a batch were returned, all for these reasons."""

    label = _("整批退回")
    ids: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ImportReviewed(_BatchEvent, Event):
    label = _("整批审核完毕")
    published: int = 0
    returned: int = 0
