"""Reporting the progress of a rebuild."""

from collections.abc import Iterable, Iterator

from search.plan import Progress, Row
from search.schema import IndexSpec

_EVERY = 500


def counted(
    rows: Iterable[Row], progress: Progress | None, spec: IndexSpec, *, done: int = 0
) -> Iterator[Row]:
    """The rows; `progress` is called at every 500th and at the end. `done` rows were written before."""
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
