"""Facts about records."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class AuditPackTaken(Event):
    """Somebody of the authority or an auditor took the whole file of a tender. `purpose` is what he gave as the reason."""

    subject_kind = "tenders.tender"
    label = _("已调取审计档案")
    purpose: str = ""
