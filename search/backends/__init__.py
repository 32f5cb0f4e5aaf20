"""The engines that can hold an index, by the scheme of SEARCH_URL."""

from search.backends.base import Backend, backend_names, open_backend, register_backend
from search.backends.embedded import EmbeddedBackend

register_backend("embedded", lambda _url, root: EmbeddedBackend(root))

__all__ = [
    "Backend",
    "backend_names",
    "open_backend",
    "register_backend",
]
