"""Uploads of every kind that is taken, built in memory, and people who upload."""

import io
import zipfile
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

import pikepdf
from PIL import Image

from marketplace.files import services
from marketplace.files.models import Attachment

DOCUMENT = b'<?xml version="1.0"?><w:document xmlns:w="urn:w"><w:body/></w:document>'
CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)


def make_uploader(email: str = "uploader@example.com") -> Any:
    return get_user_model().objects.create_user(email=email, name="王芳")


def pdf_bytes(pages: int = 1, **root: Any) -> bytes:
    """A PDF with blank pages; keywords become entries of its catalogue."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    for name, value in root.items():
        document.Root[f"/{name}"] = value
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def zip_bytes(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def docx_bytes(**extra: bytes) -> bytes:
    """A minimal Word document; `extra` adds parts, `__` standing for `/` and `_dot_` for a dot."""
    parts = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": DOCUMENT}
    for name, data in extra.items():
        parts[name.replace("__", "/").replace("_dot_", ".")] = data
    return zip_bytes(parts)


def image_bytes(image_format: str = "JPEG", size: tuple[int, int] = (40, 30), **save: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, image_format, **save)
    return buffer.getvalue()


def upload(data: bytes, name: str = "方案.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def make_attachment(actor: Any, *, data: bytes | None = None, **fields: Any) -> Attachment:
    """A stored PDF of subject `tests.thing` 1."""
    fields.setdefault("subject_kind", "tests.thing")
    fields.setdefault("subject_id", 1)
    name = fields.pop("name", "方案.pdf")
    return services.store_upload(upload(data or pdf_bytes(), name), actor=actor, **fields)
