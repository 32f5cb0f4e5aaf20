"""A one-time key with a digest of the content that was sent with it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.errors import InvalidInput

_KEY = re.compile(r"[\x21-\x7e]{1,64}\Z")


@dataclass(frozen=True)
class Ticket:
    """`route` is where the request was sent, `key` the one-time key, `digest` the content's SHA-256."""

    route: str
    key: str
    digest: str

    @classmethod
    def of(cls, route: str, key: str, content: Iterable[bytes]) -> "Ticket":
        """A ticket for this content. Raises InvalidInput for a malformed key."""
        if not _KEY.match(key):
            raise InvalidInput({"key": [_("一次性标识须为 1 至 64 个可见的 ASCII 字符")]})
        digest = hashlib.sha256()
        for part in content:
            digest.update(len(part).to_bytes(8, "big") + part)
        return cls(route[:80], key, digest.hexdigest())
