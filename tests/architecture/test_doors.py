"""Doors hold no rules: they write no rows; services take no request."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import modules

DOORS = {"views", "api", "admin", "handlers", "tasks"}
WRITES = {
    *("save", "create", "bulk_create", "update", "bulk_update", "delete", "get_or_create"),
    "update_or_create",
}
#: Calls of these names that write no row: dict.update, Job.objects through the journal, and such.
HARMLESS_OWNERS = {"context", "values", "shown", "data", "headers", "session", "counts"}


def slice_modules(rooms: set[str]) -> Iterator[tuple[Path, ast.Module]]:
    for path, tree in modules().items():
        parts = path.parts
        if parts[0] == "marketplace" and len(parts) > 2 and Path(parts[2]).stem in rooms:
            yield path, tree


def test_doors_write_no_rows() -> None:
    found = []
    for path, tree in slice_modules(DOORS):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else ""
            through_manager = isinstance(owner, ast.Attribute) and owner.attr == "objects"
            plain_row = node.func.attr in {"save", "delete"} and name not in HARMLESS_OWNERS
            if (through_manager and node.func.attr in WRITES) or (plain_row and not node.args):
                found.append(f"{path}:{node.lineno} {name}.{node.func.attr}()")
    assert found == []


@pytest.mark.parametrize("forbidden", ["request", "HttpRequest"])
def test_services_know_no_request(forbidden: str) -> None:
    found = []
    for path, tree in slice_modules({"services", "queries", "rulebook", "workflow", "policies"}):
        for node in ast.walk(tree):
            named = isinstance(node, ast.arg) and node.arg == forbidden
            used = isinstance(node, ast.Name) and node.id == forbidden
            if named or used:
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_services_hand_nothing_to_the_broker_themselves() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in slice_modules({"services"})
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"delay", "apply_async"}
        and path.parts[1] != "journal"
    ]
    assert found == []


def test_the_clock_is_asked_in_one_place() -> None:
    """`timezone.now()` and `datetime.now()` would not move with a test's clock."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if path.parts[0] == "marketplace" and path.name != "clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "timezone"}
    ]
    assert found == []
