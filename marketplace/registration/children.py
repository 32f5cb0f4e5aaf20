"""A contract's DOCX is read in a process of its own."""

from pathlib import Path

from marketplace.files.rulebook.refusal import Unfit
from marketplace.kernel.children import MIB, child_task, run_in_child
from marketplace.kernel.errors import Refused

#: Address space in bytes, and seconds of computing: the largest honest document needs a tenth of both.
MEMORY, SECONDS = 512 * MIB, 10


@child_task("registration.read_docx")
def run(path: Path, *, name: str, output: str) -> None:
    """Write the text of a DOCX to `output`. Raises Refused with the reason."""
    from marketplace.registration.rulebook.docx import text_of  # noqa: PLC0415 -- in the child alone

    try:
        text = text_of(path, name)
    except Unfit as error:
        raise Refused(error.args[0]) from error
    Path(output).write_text(text, encoding="utf-8")


def read_docx(path: Path, name: str, output: Path) -> str:
    """The text of a DOCX, read in a child; `output` is a path for its answer.

    Raises Refused with the reason when the file is refused, and ChildFailed.
    """
    run_in_child(
        "registration.read_docx",
        path,
        memory=MEMORY,
        seconds=SECONDS,
        writes=4 * MIB,
        name=name,
        output=str(output),
    )
    return output.read_text(encoding="utf-8")
