"""The backends, by the scheme of SEARCH_URL."""

from search.backends.base import Backend, backend_names, open_backend, register_backend

register_backend("embedded", "search.backends.embedded.opened")
register_backend("elasticsearch", "search.backends.elasticsearch.opened")
register_backend("elasticsearch+https", "search.backends.elasticsearch.opened")

__all__ = [
    "Backend",
    "backend_names",
    "open_backend",
    "register_backend",
]
