"""A page of HTML becomes a PDF in a child process with limits, where WeasyPrint's native libraries are installed."""

import ctypes
import tempfile
from functools import cache
from pathlib import Path

from marketplace.kernel.children import MIB, child_task, run_in_child

#: Address space in bytes: Pango maps the CJK faces whole.
MEMORY = 1536 * MIB
#: Seconds of computing. A contract of twelve pages takes three.
SECONDS = 30
#: Largest PDF in bytes.
MAX_PDF = 20 * MIB
#: Libraries that WeasyPrint opens; each by its name on Linux and on macOS.
_LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
    ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
)


@cache
def can_print() -> bool:
    """Whether the native libraries can be opened. Asked once in the life of a process."""
    return all(any(_opens(name) for name in names) for names in _LIBRARIES)


def _opens(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


@child_task("kernel.pdf")
def run(path: Path, *, output: str) -> None:
    """Print the HTML file at `path` to `output`."""
    from weasyprint import HTML  # noqa: PLC0415 -- in the child alone
    from weasyprint.urls import URLFetcher  # noqa: PLC0415 -- in the child alone

    # No protocol is allowed: a page to print refers to nothing, and typed text must not make the server fetch anything.
    nothing = URLFetcher(allowed_protocols=(), allow_redirects=False)
    HTML(string=path.read_text("utf-8"), url_fetcher=nothing).write_pdf(output)


def pdf_of(html: str) -> bytes:
    """Print a page of HTML. Raises ChildFailed when it takes too much time or memory."""
    with tempfile.TemporaryDirectory(prefix="print-") as folder:
        source, output = Path(folder) / "draft.html", Path(folder) / "draft.pdf"
        source.write_text(html, "utf-8")
        run_in_child(
            "kernel.pdf", source, memory=MEMORY, seconds=SECONDS, writes=MAX_PDF, output=str(output)
        )
        return output.read_bytes()
