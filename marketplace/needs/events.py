"""What happens to a need. Names and fields are a stored contract."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event


class _NeedEvent:
    subject_kind = "needs.need"


@dataclass(frozen=True, kw_only=True)
class NeedDrafted(_NeedEvent, Event):
    label = _("新建需求草稿")


@dataclass(frozen=True, kw_only=True)
class NeedEdited(_NeedEvent, Event):
    label = _("修改需求内容")


@dataclass(frozen=True, kw_only=True)
class NeedDeleted(_NeedEvent, Event):
    label = _("删除需求草稿")


@dataclass(frozen=True, kw_only=True)
class NeedSubmitted(_NeedEvent, Event):
    label = pgettext_lazy("event", "提交审核")


@dataclass(frozen=True, kw_only=True)
class NeedRecalled(_NeedEvent, Event):
    label = pgettext_lazy("event", "撤回修改")


@dataclass(frozen=True, kw_only=True)
class NeedReturned(_NeedEvent, Event):
    """`reasons` are sentences for the author, as the registrar chose or wrote them."""

    label = pgettext_lazy("event", "退回修改")
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NeedPublished(_NeedEvent, Event):
    label = _("审核通过并发布")


@dataclass(frozen=True, kw_only=True)
class NeedRenewed(_NeedEvent, Event):
    label = pgettext_lazy("event", "续期")
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class NeedExpired(_NeedEvent, Event):
    label = _("有效期届满")


@dataclass(frozen=True, kw_only=True)
class NeedRevised(_NeedEvent, Event):
    label = _("取回修改")


@dataclass(frozen=True, kw_only=True)
class NeedWithdrawn(_NeedEvent, Event):
    label = pgettext_lazy("event", "下架")
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class NeedSolved(_NeedEvent, Event):
    """`how` is the way it was solved: platform, self, elsewhere."""

    label = pgettext_lazy("event", "标记为已解决")
    how: str = ""


@dataclass(frozen=True, kw_only=True)
class NeedContactShown(_NeedEvent, Event):
    """A signed-in reader asked for the contact: kept so that the owner can see who did."""

    label = pgettext_lazy("event", "查看联系方式")


@dataclass(frozen=True, kw_only=True)
class NeedSamplesRemoved(_NeedEvent, Event):
    """Samples were deleted, `codes` of them; the fact is of no single one: `subject_id` is 0."""

    label = _("移除示例需求")
    codes: list[str] = field(default_factory=list)


#: After these, what the public may see of a need can have changed.
VISIBLE_CHANGES = (
    NeedPublished,
    NeedRenewed,
    NeedExpired,
    NeedRevised,
    NeedWithdrawn,
    NeedSolved,
)
