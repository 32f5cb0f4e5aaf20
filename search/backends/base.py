"""The interface of a backend: filter, rank, count facets, sort. Everything else is shared code above it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.utils.module_loading import import_string

from search.plan import Answer, Load, Plan, Progress, Revision
from search.query import Range, Value
from search.schema import IndexSpec


class Backend(Protocol):
    """One search engine. Every method may raise SearchUnavailable.

    `heals_inline` says whether a small lost index may be rebuilt within the request that finds it missing:
    only for a backend without a network, whose delays are unknown.
    """

    heals_inline: bool

    def search(self, spec: IndexSpec, plan: Plan) -> Answer:
        """Run a plan: hits of the page, their total, and the facets.

        A facet's own filter does not narrow its own counts.
        """

    def count(self, spec: IndexSpec, plan: Plan) -> int:
        """How many rows the plan finds, whatever its page."""

    def allowed(
        self, spec: IndexSpec, ids: Sequence[str], filters: Mapping[str, Sequence[Value] | Range]
    ) -> dict[str, int]:
        """Which of these rows are visible and pass the filters, with their revisions."""

    def refresh(self, spec: IndexSpec, ids: Sequence[str], load: Load) -> None:
        """Read these rows and write their current state; an older revision changes nothing.

        A row that `load` no longer yields becomes a tombstone.
        """

    def rebuild(
        self,
        spec: IndexSpec,
        load: Load,
        *,
        progress: Progress | None = None,
        failed: str | None = None,
        wait: float | None = None,
        anew: bool = False,
    ) -> int:
        """Build a new index from all rows and replace the old one; the number of rows.

        An interrupted rebuild may be continued, except with `anew`.
        With `failed`, only if that generation is still the one in place (else 0). Waits `wait` seconds
        for another rebuild to end, for ever when None. Refreshes that happen meanwhile are not lost.
        """

    def revisions(self, spec: IndexSpec) -> Iterator[Revision]:
        """Every row of the index, tombstones included."""

    def discard(self, spec: IndexSpec) -> None:
        """Remove what an interrupted rebuild has left behind."""

    def drop(self, spec: IndexSpec) -> None:
        """Remove everything that is stored of this index."""

    def prune(self, spec: IndexSpec, /) -> list[str]:
        """Remove indexes that only processes with another schema could use; their names."""


_factories: dict[str, str] = {}


def register_backend(scheme: str, factory: str) -> None:
    """Make a backend known under a scheme of SEARCH_URL.

    `factory` is the dotted path of `(url, root) -> Backend`: imported on first use, since
    importing a client can take most of a second.
    """
    _factories[scheme] = factory


def backend_names() -> list[str]:
    """The schemes that SEARCH_URL may have."""
    return sorted(_factories)


def open_backend(url: str, root: Path) -> Backend:
    """The backend that `url` names; its files on this machine are under `root`."""
    scheme = urlsplit(url).scheme
    if scheme not in _factories:
        raise ValueError(f"SEARCH_URL: {scheme!r} is none of {', '.join(backend_names())}")
    backend: Backend = import_string(_factories[scheme])(url, root)
    return backend
