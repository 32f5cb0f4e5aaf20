"""Every route of the project, read from the URL resolver."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """One pattern: its name with namespaces (or its path when it has none) and its full path."""

    name: str
    path: str

    def sample(self) -> str:
        """An address of this route with made-up arguments, language prefix left out."""
        path = re.sub(r"<[^>]*int:[^>]*>|<(?:pk|page_id|\w+_id)>", "1", self.path)
        path = re.sub(r"<[^>]*>", "x", path)
        return path if path.startswith("/") else f"/{path}"


def walk(resolver: Any = None, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every pattern below this resolver, the whole project by default; the first language only."""
    resolver = resolver or get_resolver()
    for entry in resolver.url_patterns:
        piece = str(entry.pattern)
        if piece.startswith("^"):
            piece = simplify_regex(piece).lstrip("/")
        path = prefix + piece
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            name = ":".join((*spaces, entry.name)) if entry.name else f"/{path}"
            yield Route(name, path)
