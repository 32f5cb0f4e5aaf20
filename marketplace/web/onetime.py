"""One-time keys of forms: a form that is sent twice makes one thing."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from marketplace.kernel.tickets import Ticket

NAME = "form_key"
_NOT_CONTENT = frozenset({NAME, "csrfmiddlewaretoken"})


class FormKey:
    """`{{ form_key }}` in a form that makes something; `form_key.ticket()` for `journal.once`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def ticket(self, part: int = 0) -> Ticket | None:
        """The key that came with everything that was sent under it, files by their content.

        `part` counts the things that one form makes. None for a form without one, such as a page from before forms had keys. Raises InvalidInput.
        """
        key = self._request.POST.get(NAME)
        match = self._request.resolver_match
        if key is None or match is None:
            return None
        named = f"{key}-{part}" if part else key
        return Ticket.of(match.view_name, named, self._content(match.kwargs))

    def __str__(self) -> SafeString:
        """A fresh key each time: a form that is shown again makes another thing."""
        value = secrets.token_urlsafe(24)
        return format_html('<input type="hidden" name="{}" value="{}">', NAME, value)

    def _content(self, of: Mapping[str, Any]) -> Iterator[bytes]:
        """What was sent, and to what: the same words to another object are another thing."""
        yield repr(sorted(of.items())).encode("utf-8", "backslashreplace")
        for name, values in sorted(self._request.POST.lists()):
            if name not in _NOT_CONTENT:
                yield from (part.encode("utf-8", "replace") for part in (name, *values))
        for name, uploads in sorted(self._request.FILES.lists()):
            for upload in uploads:
                yield from (name.encode(), str(upload.name).encode("utf-8", "replace"))
                yield from _bytes_of(upload)


def _bytes_of(upload: Any) -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()
    upload.seek(0)
