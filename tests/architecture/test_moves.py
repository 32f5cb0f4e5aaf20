"""Whoever or whatever makes a move exists: a permission, a scheduled task, a service that is called."""

import ast
import functools
from collections.abc import Iterable, Iterator
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


@functools.cache
def scheduled() -> set[str]:
    return {str(entry["task"]) for entry in schedule().values()}


@functools.cache
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


@functools.cache
def calls_of(tree: ast.Module) -> list[tuple[str, ast.Call]]:
    """The same of a whole module, walked once for all moves."""
    return list(calls(tree))


@functools.cache
def decorators(node: ast.FunctionDef) -> list[str]:
    """Their source."""
    return [ast.unparse(one) for one in node.decorator_list]


def moved_because(trees: Any) -> dict[str, set[str]]:
    """Names of moves -> the functions that make them because of a fact."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for function, call in calls_of(tree):
            if any(keyword.arg == "because" for keyword in call.keywords) and call.args:
                for node in ast.walk(call.args[0]):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        found.setdefault(node.value, set()).add(function)
    return found


#: Decorators that change how a function runs. All others hand it to a registry, which calls it.
WRAPPERS = {"transaction.atomic", "atomic", "cache", "contextmanager", "functools.cache"}


@functools.cache
def used_names(node: ast.AST) -> set[str]:
    """Every name that is called or handed on."""
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute)
    }


@functools.cache
def is_registered(node: ast.stmt) -> bool:
    """Whether a registry calls it (a handler, a job, a task), or the import of its module runs it."""
    plain = isinstance(node, ast.FunctionDef) and all(one in WRAPPERS for one in decorators(node))
    return not plain


def reached(statements: Iterable[ast.stmt], start: Iterable[ast.stmt]) -> set[str]:
    """The names that are used from `start`, directly or through functions of the project."""
    used: dict[str, set[str]] = {}
    for node in statements:
        if isinstance(node, ast.FunctionDef):
            used.setdefault(node.name, set()).update(used_names(node))
    found: set[str] = set()
    new = set().union(*({getattr(node, "name", ""), *used_names(node)} for node in start))
    while new:
        found |= new
        new = set().union(*(used.get(name, set()) for name in new)) - found
    return found


def caller_of(flow: Workflow, move: Transition, trees: dict[str, list[ast.Module]]) -> str:
    """Why no fact leads to this move; "" when one does. `trees` are the modules by slice."""
    makers = moved_because(trees[flow.subject.split(".")[0]]).get(move.name, set())
    if not makers:
        return f"no service of the slice makes {move.name} (`because=`)"
    statements = [node for of_slice in trees.values() for tree in of_slice for node in tree.body]
    start = [node for node in statements if is_registered(node)]
    return "" if makers & reached(statements, start) else f"nobody calls {sorted(makers)}"


@functools.cache
def by_slice() -> dict[str, list[ast.Module]]:
    """The modules of the project by slice; those of a slice that lives in the tests among them."""
    found: dict[str, list[ast.Module]] = {}
    for path, tree in modules().items():
        found.setdefault(path.parts[1] if len(path.parts) > 1 else "", []).append(tree)
    for label in {flow.subject.split(".")[0] for flow in flows()} - set(found):
        folder = Path(apps.get_app_config(label).path)
        found[label] = [ast.parse(file.read_text("utf-8")) for file in folder.rglob("*.py")]
    return found


def clock_of(move: Transition, trees: dict[str, list[ast.Module]]) -> str:
    """Why the task of this move by the clock does not make it; "" when it does."""
    modules_ = [tree for of_slice in trees.values() for tree in of_slice]
    statements = [node for tree in modules_ for node in tree.body]
    makers = {
        function
        for tree in modules_
        for function, call in calls_of(tree)
        if any(isinstance(one, ast.Constant) and one.value == move.name for one in call.args)
    }
    task = [
        node
        for node in statements
        if isinstance(node, ast.FunctionDef)
        and any(repr(move.by_clock) in one for one in decorators(node))
    ]
    return "" if task and makers & reached(statements, task) else f"no task makes {move.name}"


CLOCK = [param for param in MOVES if param.values[1].by_clock]


@pytest.mark.parametrize(("flow", "move"), CLOCK)
def test_the_task_makes_every_move_by_the_clock(flow: Workflow, move: Transition) -> None:
    assert clock_of(move, by_slice()) == "", flow.subject


def test_a_task_that_makes_no_move_is_noticed() -> None:
    """The control: the task is there, and does nothing; then it calls the service."""
    move = Transition("halt", "中止", {"draft"}, "withdrawn", by_clock="trial.halt")
    service = ast.parse("def halt_due():\n FLOW.fire('halt', row, None)")
    task = "@shared_task(name='trial.halt')\ndef halt():\n "
    assert clock_of(move, {"trial": [service, ast.parse(task + "return")]}) == "no task makes halt"
    assert clock_of(move, {"trial": [service, ast.parse(task + "halt_due()")]}) == ""


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
    unheard = "from trial import services\ndef hear(event):\n services.halt(1, event)"
    deaf = {"trial": [*alone["trial"], ast.parse(unheard)]}
    assert caller_of(flow, move, deaf) == "nobody calls ['halt']"
    handler = "from trial import services\n@on(Fact)\ndef hear(event):\n services.halt(1, event)"
    assert caller_of(flow, move, {"trial": [*alone["trial"], ast.parse(handler)]}) == ""
