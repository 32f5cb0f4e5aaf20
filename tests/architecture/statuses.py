"""Finds every place in the code that sets a status column past `Workflow.fire`.

The scan reads source, so it must know of which class a variable is. It takes that from annotations,
from managers (`Job.objects…`), from constructors and from the return types of functions. Where it
cannot tell, it reports the place too: an annotation there settles it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from django.apps import apps
from django.db.models import CharField, Model

from marketplace.kernel.workflow import Workflow, flow_of, flows
from tests.architecture.source import ROOT, modules

TREES = ("marketplace", "cms", "search")
#: Names under which every model keeps its status; further ones come from the tables of moves, and are a status there alone.
USUAL = {"status", "state"}
NAMES = USUAL | {flow.column for flow in flows()}
#: The one place that assigns.
FIRE = Path("marketplace/kernel/workflow.py")
CREATES = {"create", "get_or_create", "update_or_create", "insert"}
DEFAULTS = {"defaults", "create_defaults"}
UNKNOWN = "?"
#: The column of a `setattr` whose name is a variable.
ANY = "*"


@cache
def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in TREES]


def status_columns() -> list[tuple[type[Model], str]]:
    """Every column that holds a status, with its model."""
    return [
        (model, column.name)
        for model in own_models()
        for column in model._meta.local_fields
        if isinstance(column, CharField)
        and (column.name in USUAL or flow_of(model, column.name) is not None)
    ]


@cache
def models_called(name: str) -> list[type[Model]]:
    """The models of this class name; of an abstract class those that are made from it."""
    return [model for model in own_models() if name in {base.__name__ for base in model.__mro__}]


@dataclass(frozen=True)
class Place:
    """One write: where, on what class ("?" when unknown), which column, and the states it may set."""

    where: str
    owner: str
    column: str
    #: None for an assignment to a row that exists; the value of a row that is created.
    created: ast.expr | None = None

    def __str__(self) -> str:
        return f"{self.where} {self.owner}.{self.column}"

    @property
    def is_allowed(self) -> bool:
        """Whether no model's table is passed by: other classes, and rows created in a first state."""
        if self.owner == UNKNOWN:
            return False
        return all(self._may_create(flow_of(*column)) for column in self.columns())

    def columns(self) -> list[tuple[type[Model], str]]:
        """The status columns that may be set here."""
        return [
            (model, column)
            for model, column in status_columns()
            if model in models_called(self.owner) and self.column in {column, ANY}
        ]

    def _may_create(self, flow: Workflow | None) -> bool:
        if flow is None or self.created is None:
            return False
        return states_of(self.created, flow) <= {flow.initial, *flow.entries}


def states_of(value: ast.expr, flow: Workflow) -> set[str]:
    """The states an expression can have; UNKNOWN among them when it is not written out."""
    if isinstance(value, ast.IfExp):
        return states_of(value.body, flow) | states_of(value.orelse, flow)
    if isinstance(value, ast.Constant):
        return {str(value.value)}
    if isinstance(value, ast.Attribute) and value.attr in flow.states.__members__:
        return {str(flow.states[value.attr])}
    return {UNKNOWN}


def unpacked(value: ast.expr) -> Iterator[str]:
    """The status columns that `**value` may name; ANY when its keys are not written out."""
    keys = value.keys if isinstance(value, ast.Dict) else [None]
    for key in keys:
        if not isinstance(key, ast.Constant):
            yield ANY
        elif key.value in NAMES:
            yield str(key.value)


@dataclass
class Module:
    """One module, read for the classes of its variables."""

    path: Path
    tree: ast.Module
    _busy: set[tuple[int, str]] = field(default_factory=set)

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name -> dotted name."""
        return {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    @cached_property
    def bounds(self) -> dict[str, str]:
        """TypeVars with the class that bounds them."""
        return {
            node.targets[0].id: self.annotated(keyword.value)
            for node in self.tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "TypeVar"
            for keyword in node.value.keywords
            if keyword.arg == "bound"
        }

    def places(self) -> Iterator[Place]:
        """Every write of a column with a status's name."""
        yield from self._in(self.tree, ())

    def _in(self, node: ast.AST, scopes: tuple[ast.AST, ...]) -> Iterator[Place]:
        for child in ast.iter_child_nodes(node):
            inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from self._written(child, scopes)
            yield from self._in(child, (*scopes, child) if inner else scopes)

    def _written(self, node: ast.AST, scopes: tuple[ast.AST, ...]) -> Iterator[Place]:
        where = f"{self.path}:{getattr(node, 'lineno', 0)}"
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            for target in (t for one in targets for t in ast.walk(one)):
                written = isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store)
                if written and target.attr in NAMES:
                    yield Place(where, self.owner(target.value, scopes), target.attr)
        if isinstance(node, ast.Call):
            yield from self._called(node, where, scopes)

    def _called(self, node: ast.Call, where: str, scopes: tuple[ast.AST, ...]) -> Iterator[Place]:
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "setattr" or (method == "__setattr__" and len(node.args) == 3):
            column = node.args[1].value if isinstance(node.args[1], ast.Constant) else ANY
            if column in NAMES | {ANY}:
                yield Place(where, self.owner(node.args[0], scopes), str(column))
            return
        constructs = bool(models_called(name)) or method in CREATES
        if constructs or method == "update":
            yield from self._unpacked(node, where, scopes, constructs=constructs)
        for keyword in node.keywords:
            if keyword.arg in NAMES and method == "update":
                yield Place(where, self.owner(node.func, scopes), keyword.arg)
            elif keyword.arg in NAMES and constructs:
                yield Place(where, self.owner(node.func, scopes), keyword.arg, keyword.value)
            elif keyword.arg in DEFAULTS and isinstance(keyword.value, ast.Dict):
                pairs = zip(keyword.value.keys, keyword.value.values, strict=True)
                for key, value in pairs:
                    if isinstance(key, ast.Constant) and key.value in NAMES:
                        owner = self.owner(node.func, scopes)
                        # `defaults` also changes rows that exist.
                        new = value if method == "get_or_create" else None
                        yield Place(where, owner, str(key.value), new)

    def _unpacked(
        self, node: ast.Call, where: str, scopes: tuple[ast.AST, ...], *, constructs: bool
    ) -> Iterator[Place]:
        for keyword in node.keywords:
            for column in unpacked(keyword.value) if keyword.arg is None else ():
                new = keyword.value if constructs else None
                yield Place(where, self.owner(node.func, scopes), column, new)

    # --- of which class -----------------------------------------------------------------------
    def owner(self, node: ast.AST | None, scopes: tuple[ast.AST, ...]) -> str:
        """The class name of an expression's value, or of the rows in it; UNKNOWN when untold."""
        if isinstance(node, ast.Name):
            return self._named(node.id, scopes)
        if isinstance(node, ast.Attribute):
            owner = self.owner(node.value, scopes)
            return self._linked(owner, node.attr) or owner
        if isinstance(node, ast.Call):
            return self._returned(node, scopes)
        if isinstance(node, ast.Subscript | ast.NamedExpr | ast.Starred):
            return self.owner(node.value, scopes)
        if isinstance(node, ast.IfExp):
            return self.owner(node.body, scopes)
        if isinstance(node, ast.BoolOp):
            return self.owner(node.values[0], scopes)
        return UNKNOWN

    def _linked(self, owner: str, attribute: str) -> str:
        """The model behind a foreign key of a model."""
        for model in models_called(owner):
            for link in model._meta.get_fields():
                if link.is_relation and attribute in {link.name, self._accessor(link)}:
                    return link.related_model.__name__ if link.related_model else ""
        return ""

    @staticmethod
    def _accessor(link: object) -> str:
        get = getattr(link, "get_accessor_name", None)
        return get() or "" if get else ""

    def _returned(self, call: ast.Call, scopes: tuple[ast.AST, ...]) -> str:
        function: tuple[Module, ast.FunctionDef] | None = None
        if isinstance(call.func, ast.Name):
            if models_called(call.func.id) or call.func.id[:1].isupper():
                return call.func.id
            function = self._function(call.func.id)
        elif isinstance(call.func, ast.Attribute):
            if isinstance(call.func.value, ast.Name) and (
                dotted := self.imports.get(call.func.value.id)
            ):
                function = look_up(f"{dotted}.{call.func.attr}")
            if function is None:
                return self.owner(call.func.value, scopes)
        if function is None:
            return UNKNOWN
        module, definition = function
        returned = module.annotated(definition.returns)
        if returned in module.bounds or not returned or returned == UNKNOWN:
            # A function that gives back what it was given: `readable(rows)`, `saved(batch)`.
            return self.owner(call.args[0], scopes) if call.args else UNKNOWN
        return returned

    def _function(self, name: str) -> "tuple[Module, ast.FunctionDef] | None":
        if name in self.functions:
            return self, self.functions[name]
        return look_up(self.imports.get(name, ""))

    def _named(self, name: str, scopes: tuple[ast.AST, ...]) -> str:
        if name in {"self", "cls"}:
            classes = [scope.name for scope in scopes if isinstance(scope, ast.ClassDef)]
            return classes[-1] if classes else UNKNOWN
        key = (id(scopes[-1]) if scopes else 0, name)
        if key in self._busy:
            return UNKNOWN
        self._busy.add(key)
        try:
            for scope in reversed(scopes):
                if (found := self._bound(name, scope, scopes)) != UNKNOWN:
                    return found
        finally:
            self._busy.discard(key)
        return name if models_called(name) else UNKNOWN

    def _bound(self, name: str, scope: ast.AST, scopes: tuple[ast.AST, ...]) -> str:
        if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = scope.args
            for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                if one.arg == name and one.annotation is not None:
                    annotated = self.annotated(one.annotation)
                    return self.bounds.get(annotated, annotated)
        for node in ast.walk(scope):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == name:
                return self.annotated(node.annotation)
            value = _value_of(name, node)
            if value is not None and (found := self.owner(value, scopes)) != UNKNOWN:
                return found
        return UNKNOWN

    def annotated(self, node: ast.AST | None) -> str:
        """The class that an annotation speaks of: `X | None`, `list[X]` and `QuerySet[X]` are X."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.annotated(ast.parse(node.value, mode="eval").body)
        if isinstance(node, ast.Name):
            return UNKNOWN if node.id in {"Any", "object"} else node.id
        if isinstance(node, ast.Attribute):
            return node.attr
        if isinstance(node, ast.BinOp):
            return self.annotated(node.left)
        if isinstance(node, ast.Subscript):
            inside = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            return self.annotated(inside)
        return UNKNOWN


def _value_of(name: str, node: ast.AST) -> ast.AST | None:
    """What this statement gives to a variable: a value, or the rows that a loop takes it from."""
    if isinstance(node, ast.Assign):
        return node.value if name in {getattr(one, "id", "") for one in node.targets} else None
    if getattr(getattr(node, "target", None), "id", "") != name:
        return None
    if isinstance(node, ast.For | ast.comprehension):
        return node.iter
    return node.value if isinstance(node, ast.NamedExpr) else None


def look_up(dotted: str) -> tuple[Module, ast.FunctionDef] | None:
    """A function of the project by its dotted name, followed through a package's re-exports."""
    parent, _dot, name = dotted.rpartition(".")
    base = ROOT / parent.replace(".", "/")
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        tree = modules().get(path.relative_to(ROOT)) if parent else None
        if tree is None:
            continue
        module = Module(path.relative_to(ROOT), tree)
        if name in module.functions:
            return module, module.functions[name]
        if name in module.imports:
            return look_up(module.imports[name])
    return None


@cache
def places() -> tuple[Place, ...]:
    """Every write of a status in the project but the one in `fire`; read once a run."""
    return tuple(
        place
        for path, tree in modules().items()
        if path != FIRE
        for place in Module(path, tree).places()
    )
