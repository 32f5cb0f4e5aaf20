"""Facts about attachments."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event

SUBJECT_KIND = "files.attachment"


@dataclass(frozen=True, kw_only=True)
class AttachmentStored(Event):
    """A file was taken and stored."""

    subject_kind = SUBJECT_KIND
    label = _("附件已上传")

    of_kind: str = ""
    of_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AttachmentRemoved(Event):
    """A file was removed; its bytes are erased after commit."""

    subject_kind = SUBJECT_KIND
    label = _("附件已删除")


@dataclass(frozen=True, kw_only=True)
class AttachmentCleared(Event):
    """A file was scanned, and nothing was found."""

    subject_kind = SUBJECT_KIND
    label = _("附件已通过扫描")


@dataclass(frozen=True, kw_only=True)
class AttachmentInfected(Event):
    """A file was scanned and something was found, `threat` by name; its bytes are erased after commit."""

    subject_kind = SUBJECT_KIND
    label = _("附件含恶意代码，已拦截")

    threat: str = ""
    name: str = ""
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AttachmentDownloaded(Event):
    """Someone took a copy of a restricted file."""

    subject_kind = SUBJECT_KIND
    label = _("附件已下载")
