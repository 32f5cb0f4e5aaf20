"""Errors that services raise to refuse a request. Views and the API turn them into responses.

Each class fixes its HTTP status, so that a page and the API answer alike: 400 invalid input,
403 visible but not allowed, 404 missing or hidden, 409 not possible in this state, 412 the
precondition of an API call does not hold, 422 a one-time key was reused, 428 a precondition is
missing, 429 rate limit, 507 storage is full.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal. Its reason is shown to the user unchanged."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "error"

    def __init__(self, reason: object = "") -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.reason)


class InvalidInput(DomainError):
    """Invalid input. `errors` maps field names to messages; the key "" is for the whole form."""

    status = 400
    slug = "invalid"

    def __init__(self, errors: Mapping[str, Sequence[object]]) -> None:
        self.errors = {name: list(messages) for name, messages in errors.items()}
        super().__init__(_("填写的内容有误，请按提示修改"))


class Forbidden(DomainError):
    """The person may see the object, but not do this with it."""

    status = 403
    slug = "forbidden"

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason or _("没有权限进行此操作"))


class NotVisible(DomainError):
    """The object does not exist, or this person must not learn that it exists."""

    status = 404
    slug = "not-found"

    def __init__(self) -> None:
        super().__init__(_("没有找到"))


class Refused(DomainError):
    """The action is not possible in the current state. The reason says why."""

    status = 409
    slug = "refused"


class Stale(Refused):
    """The row has changed since the person saw it. `row` is the current row, or None."""

    slug = "stale"

    def __init__(self, row: Any = None) -> None:
        self.row = row
        super().__init__(_("内容在您打开页面之后被修改过，请核对最新内容后再提交"))


class KeyReused(DomainError):
    """A one-time key was sent again with other content. `made` is the code of the row it created first."""

    status = 422
    slug = "key-reused"

    def __init__(self, made: str = "") -> None:
        self.made = made
        super().__init__(_("这张表单已经提交过一次，内容与这一次不同"))


class TooMany(DomainError):
    """A rate limit is exceeded. `retry_after` is in seconds."""

    status = 429
    slug = "too-many"

    def __init__(self, retry_after: int, reason: object = "") -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(reason or _("操作过于频繁，请稍后再试"))


class StorageFull(DomainError):
    """The storage is full. Nothing of the upload was kept."""

    status = 507
    slug = "storage-full"

    def __init__(self) -> None:
        super().__init__(_("服务器的存储空间已满，文件没有保存。请稍后再传，或联系平台运营"))
