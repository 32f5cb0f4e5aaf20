"""The engine inside the process: tantivy over a folder, no server."""

from search.backends.embedded.backend import EmbeddedBackend

__all__ = ["EmbeddedBackend"]
