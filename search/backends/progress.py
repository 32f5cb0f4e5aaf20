"""Rows on their way into an index, with the progress told now and then."""

from collections.abc import Iterable, Iterator

from search.plan import Progress, Row
from search.schema import IndexSpec

_EVERY = 500


def counted(
    rows: Iterable[Row], progress: Progress | None, spec: IndexSpec, *, done: int = 0
) -> Iterator[Row]:
    """The rows; `progress` hears of every 500th and of the end. `done` were there before."""
    if progress is None:
        yield from rows
        return
    total = spec.size() if spec.size is not None else None
    for row in rows:
        yield row
        done += 1
        if done % _EVERY == 0:
            progress(done, total)
    progress(done, total)
