"""A status changes by a move of its table and in no other way."""

import ast
from pathlib import Path

import pytest

from marketplace.kernel.workflow import flow_of, flows
from marketplace.listings.kind import kinds
from tests.architecture.statuses import ANY, UNKNOWN, Module, Place, places, status_columns

#: Models whose status has no table of moves, and why.
WITHOUT_TABLE = {
    "achievements.Patent": "a fact about a patent as its owner states it, from a list of the taxonomy",
    "files.Attachment": "moved by scanner and sweeper; who may remove a file, its subject's slice decides",
    "journal.Delivery": "the outbox: moved by the worker alone, in bulk",
    "journal.Job": "long work: moved by the worker alone; its cancellation is a request, not a move",
}
#: Files that set columns by variable names on models with a table, and why no status is among them.
BY_NAME = {
    "marketplace/achievements/services/batches.py": "the columns of `publication_dates`",
    "marketplace/achievements/services/imports.py": "the columns of a row of the sheet, from its forms",
    "marketplace/brokerage/services/entry.py": "the columns of the entry's form and of a certificate",
    "marketplace/deals/services/editing.py": "the columns that `cleaning` reads of a section",
    "marketplace/deals/services/importing.py": "the names in COLUMNS, which `_check` enforces",
    "marketplace/deals/services/opening.py": "the columns that a listing fills in",
    "marketplace/kernel/cache.py": "methods of a class",
    "marketplace/kernel/models.py": "codes of rows that are created",
    "marketplace/listings/services/drafts.py": "the fields of the wizard's forms, tested below",
    "marketplace/listings/services/moves.py": "columns that a service sets along with a move",
    "marketplace/tenders/services/changes.py": "the texts in AMENDABLE and instants",
    "marketplace/tenders/services/timing.py": "the instants that a suspension moves",
    "marketplace/tenders/services/drafts.py": "the texts in TEXTS and the options of a challenge",
    "marketplace/tenders/services/samples.py": "the instants of a sample",
    "marketplace/registration/services/samples.py": "sample filings are created in each state of the table",
    "marketplace/registration/services/sample_thread.py": "the instants that a sample's acts write",
    "marketplace/registration/services/imports.py": "what the check found: counts, problems, plan, result",
    "marketplace/parties/services/organizations.py": "the names in IDENTITY and PROFILE",
    "marketplace/parties/services/samples.py": "the names in IDENTITY and PROFILE",
}


def test_every_status_column_has_a_table_of_moves_or_a_reason() -> None:
    without = {model._meta.label for model, name in status_columns() if not flow_of(model, name)}
    assert without == set(WITHOUT_TABLE)


def test_every_table_is_of_a_column_with_the_same_states() -> None:
    for flow in flows():
        column = flow.model._meta.get_field(flow.column)
        assert list(column.choices) == list(flow.states.choices), flow.subject
        assert column.default == flow.initial, flow.subject


def is_without_table(place: Place) -> bool:
    columns = place.columns()
    return bool(columns) and all(model._meta.label in WITHOUT_TABLE for model, _name in columns)


def excused(place: Place) -> bool:
    by_name = place.column == ANY and place.where.split(":")[0] in BY_NAME
    return by_name or is_without_table(place)


def test_no_status_is_set_but_by_a_move() -> None:
    assert [str(place) for place in places() if not (place.is_allowed or excused(place))] == []


def test_every_excuse_is_needed() -> None:
    needed = {
        place.where.split(":")[0]
        for place in places()
        if place.column == ANY and not (place.is_allowed or is_without_table(place))
    }
    assert needed == set(BY_NAME)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_no_form_of_a_wizard_has_a_status(kind: object) -> None:
    columns = {name for model, name in status_columns() if model is kind.model}
    fields = {name for step in kind.steps for name in step.form.base_fields}
    assert columns == {"status"}
    assert not columns & fields


# --- the scan finds what it is there for --------------------------------------------------------
HEAD = """
from typing import Any, TypeVar
from marketplace.needs.models import Need
from marketplace.journal.models import Delivery
from marketplace.parties import queries
from marketplace.listings.models import Listing
L = TypeVar("L", bound="Listing")
def locked(row: Need) -> Need: ...
"""
BROKEN = {
    "an annotated parameter": ("def f(row: Need):\n row.status = 'published'", "Need"),
    "an optional one": ("def f(row: 'Need | None'):\n row.status = 'published'", "Need"),
    "a bounded type variable": ("def f(row: L):\n row.status = 'published'", "Listing"),
    "a row of a query": ("def f():\n r = Need.objects.get()\n r.status = 'x'", "Need"),
    "a row of a loop": ("def f():\n for r in Need.objects.all():\n  r.status = 'x'", "Need"),
    "what a function returns": ("def f(a: Any):\n r = locked(a)\n r.status = 'x'", "Need"),
    "a function elsewhere": (
        "def f(c):\n r = queries.organization_of_code(c)\n r.status = 'x'",
        "Organization",
    ),
    "behind a foreign key": ("def f(row: Need):\n row.owner.status = 'x'", "Organization"),
    "its own method": ("class Need:\n def f(self):\n  self.status = 'x'", "Need"),
    "of a tuple": ("def f(row: Need):\n row.status, a = 'x', 1", "Need"),
    "an update": ("def f():\n Need.objects.filter(pk=1).update(status='x')", "Need"),
    "an update of a variable": ("def f():\n q = Need.objects.all()\n q.update(status='x')", "Need"),
    "setattr": ("def f(row: Need):\n setattr(row, 'status', 'x')", "Need"),
    "setattr of any column": ("def f(row: Need, n):\n setattr(row, n, 'x')", "Need"),
    "a creation": ("def f():\n Need.objects.create(status='published')", "Need"),
    "a bulk creation": ("def f():\n Need.objects.bulk_create([Need(status='x')])", "Need"),
    "a creation in a state that is not written out": ("def f(s):\n Need(status=s)", "Need"),
    "defaults": (
        "def f():\n Need.objects.update_or_create(pk=1, defaults={'status': 'draft'})",
        "Need",
    ),
    "columns in a dictionary": (
        "def f():\n Need.objects.filter(pk=1).update(**{'status': 'x'})",
        "Need",
    ),
    "columns of any name": ("def f(d):\n Need.objects.filter(pk=1).update(**d)", "Need"),
    "a creation with columns of any name": ("def f(d):\n Need(**d).save()", "Need"),
    "past the class's own setattr": (
        "def f(row: Need):\n object.__setattr__(row, 'status', 'x')",
        "Need",
    ),
    "a variable that nobody knows": ("def f(thing):\n thing.status = 'x'", UNKNOWN),
}
SOUND = {
    "a first state": "def f():\n Need.objects.create(status='draft')",
    "a question": "def f():\n Need.objects.filter(status='published')",
    "a class that is no model": "class Answer: ...\ndef f(a: Answer):\n a.status = 404",
    "an exempt model": "def f(row: Delivery):\n row.status = Delivery.Status.DONE",
}


def found_in(source: str) -> list[Place]:
    return [
        place
        for place in Module(Path("marketplace/x.py"), ast.parse(HEAD + source)).places()
        if not (place.is_allowed or excused(place))
    ]


@pytest.mark.parametrize("name", BROKEN)
def test_the_scan_finds(name: str) -> None:
    source, owner = BROKEN[name]
    assert [place.owner for place in found_in(source)] == [owner]


@pytest.mark.parametrize("name", SOUND)
def test_the_scan_lets_pass(name: str) -> None:
    assert found_in(SOUND[name]) == []
