"""Facts about publicities and objections. No text and no name of an objector is in them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.events import Event

PUBLICITY = "publicity.publicity"
OBJECTION = "publicity.objection"


@dataclass(frozen=True, kw_only=True)
class PublicityDrafted(Event):
    """A member of an organisation began a draft."""

    subject_kind = PUBLICITY
    label = _("已起草公示")


@dataclass(frozen=True, kw_only=True)
class PublicityEdited(Event):
    """A draft was changed."""

    subject_kind = PUBLICITY
    label = _("已修改公示草稿")


@dataclass(frozen=True, kw_only=True)
class PublicityDiscarded(Event):
    """A draft was deleted before it was public."""

    subject_kind = PUBLICITY
    label = _("已删除公示草稿")


@dataclass(frozen=True, kw_only=True)
class PublicityPublished(Event):
    """It is public from now on; it ends at `ends_at` (ISO instant, UTC) unless that moves later."""

    subject_kind = PUBLICITY
    label = _("公示已发布")
    of_kind: str = ""
    of_id: int = 0
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicityProlonged(Event):
    """Its end was moved later."""

    subject_kind = PUBLICITY
    label = _("公示已延长")
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicitySuspended(Event):
    """Its time stands still; `cause` is "objection" or "authority"."""

    subject_kind = PUBLICITY
    label = pgettext_lazy("event", "公示已暂停")
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicityResumed(Event):
    """Its time runs again, and it ends later by as long as it stood still."""

    subject_kind = PUBLICITY
    label = _("公示已恢复")
    ends_at: str = ""


@dataclass(frozen=True, kw_only=True)
class PublicityEnded(Event):
    """Its time is over. Objections may still be open: ask `queries.blocking`."""

    subject_kind = PUBLICITY
    label = pgettext_lazy("event", "公示期满")
    of_kind: str = ""
    of_id: int = 0


@dataclass(frozen=True, kw_only=True)
class PublicityCancelled(Event):
    """It was taken back with a reason that stands on its page."""

    subject_kind = PUBLICITY
    label = _("公示已撤销")
    of_kind: str = ""
    of_id: int = 0


@dataclass(frozen=True, kw_only=True)
class ObjectionDrafted(Event):
    """A member of an organisation began an objection."""

    subject_kind = OBJECTION
    label = _("已起草异议")


@dataclass(frozen=True, kw_only=True)
class ObjectionEdited(Event):
    """A draft was changed."""

    subject_kind = OBJECTION
    label = _("已修改异议草稿")


@dataclass(frozen=True, kw_only=True)
class ObjectionSubmitted(Event):
    """It was raised, and the publicity is suspended until it is answered."""

    subject_kind = OBJECTION
    label = _("已提出异议")


@dataclass(frozen=True, kw_only=True)
class ObjectionEnding(Event):
    """A draft lapses soon: its authors are warned once."""

    subject_kind = OBJECTION
    label = pgettext_lazy("event", "异议草稿即将过期")


@dataclass(frozen=True, kw_only=True)
class ObjectionLapsed(Event):
    """A draft was not raised in time."""

    subject_kind = OBJECTION
    label = _("异议未在期限内提出")


@dataclass(frozen=True, kw_only=True)
class ObjectionLate(Event):
    """The answer is overdue: the authority may decide on the suspension."""

    subject_kind = OBJECTION
    label = _("异议逾期未答复，已转主管部门")


@dataclass(frozen=True, kw_only=True)
class ObjectionAnswered(Event):
    """It was upheld or dismissed, with an answer that the public reads."""

    subject_kind = OBJECTION
    label = _("异议已答复")
    upheld: bool = False


@dataclass(frozen=True, kw_only=True)
class ObjectionWithdrawn(Event):
    """The objector took it back."""

    subject_kind = OBJECTION
    label = _("异议已撤回")


@dataclass(frozen=True, kw_only=True)
class ComplaintFiled(Event):
    """The objector complains to the authority."""

    subject_kind = OBJECTION
    label = _("已向主管部门投诉")


@dataclass(frozen=True, kw_only=True)
class ComplaintDecided(Event):
    """The authority admitted it, refused it, sustained it or rejected it: `move` says which."""

    subject_kind = OBJECTION
    label = _("投诉处理进展")
    move: str = ""


@dataclass(frozen=True, kw_only=True)
class RemedyReported(Event):
    """The answering side says what it did about an objection that was right."""

    subject_kind = OBJECTION
    label = _("已报告整改情况")


@dataclass(frozen=True, kw_only=True)
class RemedyConfirmed(Event):
    """The authority confirms the remedy: the objection holds nothing up any more."""

    subject_kind = OBJECTION
    label = _("整改已确认")
