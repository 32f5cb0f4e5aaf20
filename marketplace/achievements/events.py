"""What happens to an achievement. Names and fields are a stored contract."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


class _AchievementEvent:
    subject_kind = "achievements.achievement"


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
    label = _("提交审核")


@dataclass(frozen=True, kw_only=True)
class AchievementRecalled(_AchievementEvent, Event):
    label = _("撤回修改")


@dataclass(frozen=True, kw_only=True)
class AchievementReturned(_AchievementEvent, Event):
    """`reasons` are sentences for the author, as the registrar chose or wrote them."""

    label = _("退回修改")
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AchievementPublished(_AchievementEvent, Event):
    label = _("审核通过并发布")


@dataclass(frozen=True, kw_only=True)
class AchievementsPublished(_AchievementEvent, Event):
    """A reviewed batch: up to 500 achievements at once. `subject_id` is the batch, `ids` the rows."""

    subject_kind = "achievements.batch"
    label = _("批量审核通过并发布")
    ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AchievementRenewed(_AchievementEvent, Event):
    label = _("续期")
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class AchievementExpired(_AchievementEvent, Event):
    label = _("有效期届满")


@dataclass(frozen=True, kw_only=True)
class AchievementRevised(_AchievementEvent, Event):
    label = _("取回修改")


@dataclass(frozen=True, kw_only=True)
class AchievementWithdrawn(_AchievementEvent, Event):
    label = _("下架")
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AchievementTransferred(_AchievementEvent, Event):
    label = _("标记为已转化")


@dataclass(frozen=True, kw_only=True)
class AchievementContactShown(_AchievementEvent, Event):
    """A signed-in reader asked for the contact: kept so that the owner can see who did."""

    label = _("查看联系方式")


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
