"""Files from outside are looked into in a process of their own."""

from pathlib import Path

from marketplace.files.rulebook.refusal import Unfit
from marketplace.kernel.children import MIB, child_task, run_in_child
from marketplace.kernel.errors import Refused

#: Address space in bytes: a picture of 50 million points has 200 MB, and is turned once.
MEMORY = 640 * MIB
#: Seconds of computing; such a picture takes a third of it.
SECONDS = 15
#: Bytes of a picture that was encoded anew.
MAX_ANEW = 100 * MIB


@child_task("files.examine")
def run(path: Path, *, name: str, output: str) -> bool:
    """Whether the file was made anew, which then lies in `output`. Raises Refused with the reason."""
    from marketplace.files.rulebook.examining import examine  # noqa: PLC0415 -- in the child alone

    try:
        with path.open("rb") as file:
            _kind, instead = examine(file, name)
    except Unfit as error:
        raise Refused(error.args[0]) from error
    if instead is None:
        return False
    Path(output).write_bytes(instead)
    return True


@child_task("files.stamp")
def run_stamp(path: Path, *, line: str, output: str) -> None:
    """Write a stamped copy of a PDF to `output`. Raises Refused with the reason."""
    from marketplace.files.rulebook.stamping import stamp as on_each_page  # noqa: PLC0415 -- in the child alone

    try:
        with path.open("rb") as file:
            on_each_page(file, line, Path(output))
    except Unfit as error:
        raise Refused(error.args[0]) from error


def stamp(path: Path, line: str, output: Path) -> None:
    """Print an ASCII line on every page of a PDF, in a child. Raises Unfit with the reason, and ChildFailed."""
    try:
        run_in_child(
            "files.stamp",
            path,
            memory=MEMORY,
            seconds=SECONDS,
            writes=MAX_ANEW,
            line=line,
            output=str(output),
        )
    except Refused as error:
        raise Unfit(error.reason) from error


def examine(path: Path, name: str, output: Path) -> bool:
    """Look into a file in a child; whether it was made anew, as `output`.

    Raises Unfit with the reason, and ChildFailed.
    """
    try:
        return bool(
            run_in_child(
                "files.examine",
                path,
                memory=MEMORY,
                seconds=SECONDS,
                writes=MAX_ANEW,
                name=name,
                output=str(output),
            )
        )
    except Refused as error:
        raise Unfit(error.reason) from error
