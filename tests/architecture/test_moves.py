"""Whoever or whatever makes a move exists: a permission, a scheduled task, a service that is called."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps

import pytest
import rules

from deploy.beat import schedule
from deploy.celery import app
from marketplace.kernel.workflow import Transition, Workflow, flows
from tests.architecture.source import modules

MOVES = [
    pytest.param(flow, move, id=f"{flow.subject}-{move.name}")
    for flow in flows()
    for move in flow.transitions.values()
]


def fault_of(move: Transition, scheduled: set[str], known: set[str]) -> str:
    """Why nobody and nothing makes this move; "" when somebody does."""
    if move.permission and not rules.perm_exists(move.permission):
        return f"nobody can hold {move.permission}"
    if move.by_clock and move.by_clock not in known:
        return f"there is no task {move.by_clock}"
    if move.by_clock and move.by_clock not in scheduled:
        return f"the task {move.by_clock} is in no schedule"
    return ""


def scheduled() -> set[str]:
    return {str(entry["task"]) for entry in schedule().values()}


def tasks() -> set[str]:
    app.loader.import_default_modules()
    return set(app.tasks)


@pytest.mark.parametrize(("flow", "move"), MOVES)
def test_somebody_makes_every_move(flow: Workflow, move: Transition) -> None:
    assert fault_of(move, scheduled(), tasks()) == ""


def test_a_move_that_nobody_makes_is_noticed() -> None:
    """The control: without its entry in the schedule, without its task, without its permission."""
    clock = Transition("expire", "到期", {"a"}, "b", by_clock="needs.expire")
    assert fault_of(clock, set(), {"needs.expire"}) == "the task needs.expire is in no schedule"
    assert fault_of(clock, {"needs.expire"}, set()) == "there is no task needs.expire"
    person = Transition("act", "做", {"a"}, "b", "needs.unheard_of")
    assert fault_of(person, set(), set()) == "nobody can hold needs.unheard_of"


# --- moves by the system ------------------------------------------------------------------------
def calls(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the name of the module's function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        inner = function or (node.name if isinstance(node, ast.FunctionDef) else "")
        if isinstance(node, ast.Call):
            yield inner, node
        yield from calls(node, inner)


def moved_because(trees: Any) -> dict[str, set[str]]:
    """Names of moves -> the functions that make them because of a fact."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for function, call in calls(tree):
            if any(keyword.arg == "because" for keyword in call.keywords) and call.args:
                for node in ast.walk(call.args[0]):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found.setdefault(node.value, set()).add(function)
    return found


def used_names(trees: Any) -> set[str]:
    """Every name that is called or handed on; the definition itself is none."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


def caller_of(flow: Workflow, move: Transition, trees: dict[str, list[ast.Module]]) -> str:
    """Why no fact leads to this move; "" when one does. `trees` are the modules by slice."""
    makers = moved_because(trees[flow.subject.split(".")[0]]).get(move.name, set())
    if not makers:
        return f"no service of the slice makes {move.name} (`because=`)"
    used = used_names(tree for of_slice in trees.values() for tree in of_slice)
    # What is registered under a decorator (a handler, a job) is called by its registry.
    registered = {
        node.name
        for of_slice in trees.values()
        for tree in of_slice
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    return "" if makers & (used | registered) else f"nobody calls {sorted(makers)}"


def by_slice() -> dict[str, list[ast.Module]]:
    """The modules of the project by slice; those of a slice that lives in the tests among them."""
    found: dict[str, list[ast.Module]] = {}
    for path, tree in modules().items():
        found.setdefault(path.parts[1] if len(path.parts) > 1 else "", []).append(tree)
    for label in {flow.subject.split(".")[0] for flow in flows()} - set(found):
        folder = Path(apps.get_app_config(label).path)
        found[label] = [ast.parse(file.read_text("utf-8")) for file in folder.rglob("*.py")]
    return found


SYSTEM = [param for param in MOVES if param.values[1].by_system]


@pytest.mark.parametrize(("flow", "move"), SYSTEM)
def test_a_fact_leads_to_every_move_by_the_system(flow: Workflow, move: Transition) -> None:
    assert caller_of(flow, move, by_slice()) == ""


def test_a_move_that_follows_from_nothing_is_noticed() -> None:
    """The control: a service that nobody calls, and none at all."""
    move = Transition("halt", "中止", {"draft"}, "withdrawn", by_system=True)
    flow = Workflow.of(flows()[0].states, flows()[0].initial)
    object.__setattr__(flow, "subject", "trial.thing")
    service = "def halt(row, event):\n FLOW.fire('halt', row, None, because=event)"
    alone = {"trial": [ast.parse(service)]}
    assert caller_of(flow, move, {"trial": [ast.parse("x = 1")]}).startswith("no service")
    assert caller_of(flow, move, alone) == "nobody calls ['halt']"
    handler = "from trial import services\n@on(Fact)\ndef hear(event):\n services.halt(1, event)"
    assert caller_of(flow, move, {"trial": [*alone["trial"], ast.parse(handler)]}) == ""
