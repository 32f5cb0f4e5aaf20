"""Facts about notices."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticesPosted(Event):
    """Notices were put before their readers; those of them that go by mail are sent after commit."""

    subject_kind = "notices.notice"
    label = _("通知已发送")

    ids: list[int] = field(default_factory=list)
