"""Facts that belong to no single slice."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Event):
    """Someone asked for what is not theirs: which view, and the status they were answered with."""

    subject_kind = "journal.access"
    label = _("访问被拒绝")

    view: str = ""
    status: int = 403
