"""A guard around calls of tantivy, whose panics `except Exception` does not catch."""

from collections.abc import Iterator
from contextlib import contextmanager

from search.errors import IndexUnavailable


@contextmanager
def guarded(generation: str) -> Iterator[None]:
    """Turn what tantivy raises about a damaged index into IndexUnavailable.

    A panic in Rust arrives as a BaseException, which `except Exception` does not catch.
    """
    try:
        yield
    except (ValueError, OSError, OverflowError, SystemError) as error:
        raise IndexUnavailable(f"{type(error).__name__}: {error}", generation) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexUnavailable(f"panic: {error}", generation) from error
