"""The words in which the product says no. Doors turn them into pages, problems and status codes.

The status of each is fixed in one place, so that a page and the API never answer differently:
400 bad input, 403 visible but forbidden, 404 not to be known of, 409 wrong state, 412 the API's
condition does not hold, 422 a key used twice, 428 a condition is missing, 429 too many, 507 no room
to store it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a reason that may be shown to the user as it is."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "error"

    def __init__(self, reason: object = "") -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return str(self.reason)


class InvalidInput(DomainError):
    """Input that can't be taken. `errors` maps a field's name to its messages; "" is the whole."""

    status = 400
    slug = "invalid"

    def __init__(self, errors: Mapping[str, Sequence[object]]) -> None:
        self.errors = {name: list(messages) for name, messages in errors.items()}
        super().__init__(_("填写的内容有误，请按提示修改"))


class Forbidden(DomainError):
    """The object may be seen, but this act is not for this person."""

    status = 403
    slug = "forbidden"

    def __init__(self, reason: object = "") -> None:
        super().__init__(reason or _("没有权限进行此操作"))


class NotVisible(DomainError):
    """The object does not exist, or its existence is nothing this person may learn of."""

    status = 404
    slug = "not-found"

    def __init__(self) -> None:
        super().__init__(_("没有找到"))


class Refused(DomainError):
    """The act is not possible in the present state; the reason says why."""

    status = 409
    slug = "refused"


class Stale(Refused):
    """The row is no longer what the person saw. `row` is what it is now, or None."""

    slug = "stale"

    def __init__(self, row: Any = None) -> None:
        self.row = row
        super().__init__(_("内容在您打开页面之后被修改过，请核对最新内容后再提交"))


class KeyReused(DomainError):
    """A one-time key came again with other content. `made` is the code of what it made before."""

    status = 422
    slug = "key-reused"

    def __init__(self, made: str = "") -> None:
        self.made = made
        super().__init__(_("这张表单已经提交过一次，内容与这一次不同"))


class TooMany(DomainError):
    """A rate limit is used up. `retry_after` is in seconds."""

    status = 429
    slug = "too-many"

    def __init__(self, retry_after: int, reason: object = "") -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(reason or _("操作过于频繁，请稍后再试"))


class StorageFull(DomainError):
    """There is no room left for what was to be stored; nothing of it was kept."""

    status = 507
    slug = "storage-full"

    def __init__(self) -> None:
        super().__init__(_("服务器的存储空间已满，文件没有保存。请稍后再传，或联系平台运营"))
