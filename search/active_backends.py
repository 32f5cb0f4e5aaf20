"""The backends that the settings name: the main one, and a standby if there is one."""

from functools import lru_cache
from pathlib import Path

from search import configuration
from search.backends import Backend, open_backend


def backend() -> Backend:
    """The main backend of this site."""
    return _backend(configuration.search_url(), configuration.folder())


@lru_cache(maxsize=32)
def _backend(url: str, folder: Path) -> Backend:
    return open_backend(url, folder / "index")


def standby() -> Backend | None:
    """The backend that answers while the main one is down, if the site has one."""
    url = configuration.standby_url()
    return _backend(url, configuration.folder()) if url else None
