"""The embedded backend: tantivy in this process, files under DATA_DIR. Works without a server."""

from pathlib import Path

from search.backends.embedded.backend import EmbeddedBackend


def opened(_url: str, root: Path) -> EmbeddedBackend:
    """The backend over the folder `root`; its URL has no further parts."""
    return EmbeddedBackend(root)


__all__ = ["EmbeddedBackend", "opened"]
