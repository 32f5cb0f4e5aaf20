"""Form fields for uploads; what is inside a file is examined by the service."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.files import rulebook


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files, and the browser's own filter by extension."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": rulebook.ACCEPT, "multiple": True, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002
        """Always a list."""
        return (
            files.getlist(name)
            if hasattr(files, "getlist")
            else [files[name]]
            if name in files
            else []
        )


class UploadsField(forms.FileField):
    """Several attachments; cleaned to a list of uploads, empty when none was chosen.

    Says at the field what the name and size alone can tell; `services.store_uploads` does the rest.
    """

    widget = ManyFilesInput

    def __init__(self, *, most: int = 5, **kwargs: Any) -> None:
        self.most = most
        kwargs.setdefault("help_text", _hint())
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [super(UploadsField, self).clean(item, initial) for item in data or []]
        if self.required and not uploads:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.most:
            raise ValidationError(
                _("一次最多上传 %(most)d 个文件"), code="most", params={"most": self.most}
            )
        for upload in uploads:
            if reason := reason_against(upload):
                raise ValidationError(reason, code="unfit")
        return uploads


def wanted_removals(data: Any, name: str = "remove_file") -> list[str]:
    """The codes on whose remove buttons was pressed, for `services.remove_by_code`."""
    codes: Iterable[str] = data.getlist(name)
    return [code for code in codes if code]


def reason_against(upload: UploadedFile) -> Any:
    """What the name and size of an upload alone say against it, or ""."""
    if (upload.size or 0) > settings.MAX_UPLOAD_BYTES:
        return _("单个文件不超过 %(limit)s") % {"limit": filesizeformat(settings.MAX_UPLOAD_BYTES)}
    if rulebook.extension_of(upload.name or "") not in rulebook.EXTENSIONS:
        return _("只接受 PDF、docx、xlsx、pptx、jpg、png 文件")
    return ""


def _hint_now() -> str:
    limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
    return gettext("PDF、Word、Excel、PPT 或图片，单个不超过 %(limit)s") % {"limit": limit}


_hint = lazy(_hint_now, str)
