"""A state is named by its enum, so that a renamed or removed state fails where it is used."""

import ast
from collections.abc import Iterator

from tests.architecture.source import modules

#: Names of the columns of states. `outcome` and the like are names of other things too.
COLUMNS = {"status", "state", "stage"}
#: Calls whose keywords are conditions of a query.
CONDITIONS = {"filter", "exclude", "get", "Q", "aggregate"}
#: Rooms whose conditions become constraints and indexes: migrations keep those as plain text.
CONSTRAINTS = "models"


def is_text(value: ast.expr) -> bool:
    """Whether it is a written state, or a collection with one."""
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return any(is_text(one) for one in value.elts)
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value != ""


def compared(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    is_column = any(isinstance(one, ast.Attribute) and one.attr in COLUMNS for one in sides)
    return is_column and any(is_text(one) for one in sides)


def asked(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in CONDITIONS and any(
        keyword.arg
        and keyword.arg.removesuffix("__in").rsplit("__", 1)[-1] in COLUMNS
        and is_text(keyword.value)
        for keyword in node.keywords
    )


def bare(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and compared(node):
            yield node.lineno
        if isinstance(node, ast.Call) and asked(node):
            yield node.lineno


def test_no_state_is_written_as_text() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in modules().items()
        if CONSTRAINTS not in path.with_suffix("").parts
        for line in bare(tree)
    ]
    assert found == []


def test_the_scan_sees_comparisons_and_conditions() -> None:
    source = (
        "a.status == 'open'\nb.status in {'open', X}\nrows.filter(lead__status__in=['open'])\n"
        "c.status == Status.OPEN\nrows.exclude(status=Status.OPEN)\nd.name == 'open'\n"
    )
    assert list(bare(ast.parse(source))) == [1, 2, 3]
