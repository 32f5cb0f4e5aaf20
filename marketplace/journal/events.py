"""Events that belong to no single slice."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Event):
    """A person was refused access: the view, and the HTTP status of the answer."""

    subject_kind = "journal.access"
    label = _("访问被拒绝")

    view: str = ""
    status: int = 403


@dataclass(frozen=True, kw_only=True)
class AuditAnchored(Event):
    """The head of the hash chain was written to the anchor file: its number and its hash."""

    subject_kind = "journal.seal"
    label = _("审计链已锚定")

    seq: int = 0
    hash: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditBroken(Event):
    """The audit check found that the hash chain, the anchor file or a trigger is not as it must be.

    `kind` is the kind of the first finding; `seq` its place in the chain, 0 where it has none.
    """

    subject_kind = "journal.seal"
    label = _("审计校验发现异常")

    kind: str = ""
    seq: int = 0
    findings: int = 0


@dataclass(frozen=True, kw_only=True)
class JobCancelled(Event):
    """A person asked that a job be cancelled. `kind` is the kind of the job."""

    subject_kind = "journal.job"
    label = _("后台任务已取消")
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class RowMended(Event):
    """An unreadable row can be read again. `kind` is its model, `key` its primary key."""

    subject_kind = "journal.unreadable"
    label = _("记录恢复可读")

    kind: str = ""
    key: str = ""


def mended(batch: list[Event], kind: str) -> list[int]:
    """The primary keys of the rows of this model in these events."""
    events = [event for event in batch if isinstance(event, RowMended) and event.kind == kind]
    return [int(event.key) for event in events]


@dataclass(frozen=True, kw_only=True)
class DeliveriesRetried(Event):
    """An operator restarted deliveries that had been given up. The subject is the first of them."""

    subject_kind = "journal.delivery"
    label = _("事件已重新投递")

    ids: list[int] = field(default_factory=list)
