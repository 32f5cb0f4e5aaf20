"""What happens to achievements and imported batches. Names and fields are a stored contract."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event


class _AchievementEvent:
    subject_kind = "achievements.achievement"


class _BatchEvent:
    subject_kind = "achievements.import"


@dataclass(frozen=True, kw_only=True)
class AchievementDrafted(_AchievementEvent, Event):
    label = _("新建成果草稿")


@dataclass(frozen=True, kw_only=True)
class AchievementEdited(_AchievementEvent, Event):
    label = _("修改成果内容")


@dataclass(frozen=True, kw_only=True)
class AchievementDeleted(_AchievementEvent, Event):
    label = _("删除成果草稿")


@dataclass(frozen=True, kw_only=True)
class AchievementSubmitted(_AchievementEvent, Event):
    label = pgettext_lazy("event", "提交审核")


@dataclass(frozen=True, kw_only=True)
class AchievementRecalled(_AchievementEvent, Event):
    label = pgettext_lazy("event", "撤回修改")


@dataclass(frozen=True, kw_only=True)
class AchievementReturned(_AchievementEvent, Event):
    """`reasons` are sentences for the author, as the registrar chose or wrote them."""

    label = pgettext_lazy("event", "退回修改")
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AchievementPublished(_AchievementEvent, Event):
    label = _("审核通过并发布")


@dataclass(frozen=True, kw_only=True)
class AchievementRenewed(_AchievementEvent, Event):
    label = pgettext_lazy("event", "续期")
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class AchievementExpired(_AchievementEvent, Event):
    label = _("有效期届满")


@dataclass(frozen=True, kw_only=True)
class AchievementRevised(_AchievementEvent, Event):
    label = _("取回修改")


@dataclass(frozen=True, kw_only=True)
class AchievementWithdrawn(_AchievementEvent, Event):
    label = pgettext_lazy("event", "下架")
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementTransferred(_AchievementEvent, Event):
    """`how` is the way it found its user: platform, self, elsewhere."""

    label = pgettext_lazy("event", "标记为已转化")
    how: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementContactShown(_AchievementEvent, Event):
    """A signed-in reader asked for the contact: kept so that the owner can see who did."""

    label = pgettext_lazy("event", "查看联系方式")


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


@dataclass(frozen=True, kw_only=True)
class AchievementSamplesRemoved(_AchievementEvent, Event):
    """Samples were deleted, `codes` of them; the fact is of no single one: `subject_id` is 0."""

    label = _("移除示例成果")
    codes: list[str] = field(default_factory=list)


#: After these, what the public may see of an achievement can have changed.
VISIBLE_CHANGES = (
    AchievementPublished,
    AchievementRenewed,
    AchievementExpired,
    AchievementRevised,
    AchievementWithdrawn,
    AchievementTransferred,
    AchievementsPublished,
)


def ids_of(batch: list[Event]) -> list[int]:
    """The keys of every achievement that these events tell of, without repeats."""
    keys: dict[int, None] = {}
    for event in batch:
        for key in getattr(event, "ids", None) or [event.subject_id]:
            keys[key] = None
    return list(keys)
