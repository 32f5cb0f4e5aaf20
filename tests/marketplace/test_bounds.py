"""Every column of the product at its bounds: what is written comes back as it was, or is refused.

The walk takes each column of each model (all slices, the search engine's and the pages'), writes what
its type declares to hold, and reads it back; what is beyond must be refused by the field or by the
database, and never be changed or become a row that can't be read.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test.utils import isolate_apps

from wagtail.fields import StreamField

import pytest

from cms.models import NewsPage, PolicyPage
from marketplace.kernel import clock
from marketplace.kernel.figures import MOST_DIGITS
from marketplace.web.forms import JiebangForm

pytestmark = pytest.mark.django_db

OURS = {"marketplace", "search", "cms"}
RANGES = BaseDatabaseOperations.integer_field_ranges
EAST = timezone(timedelta(hours=14))

HOSTILE_TEXT = ["a\0b", "\ud800", "x\udfffy", "\udc80" * 3]
INSIDE_TEXT = ["字", "𠮷", "a", "é", "\u2028", "\ufdfa"]
FIGURES = [
    "0.1",
    "0.000001",
    "-0.000001",
    "123456789.123456",
    "999999999999.999",
    "-999999999999.999",
]
BEYOND = [
    "999999999999.999999",
    "123456789012.345678",
    "9999999999999",
    "0.0000001",
    "NaN",
    "Infinity",
]


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]


MODELS = sorted(model._meta.label_lower for model in own_models())


def _figures(field: Any) -> list[Any]:
    step = Decimal(1).scaleb(-field.decimal_places)
    room = field.max_digits - field.decimal_places
    figures = [Decimal(text) for text in FIGURES]
    fitting = [one for one in figures if abs(one) < 10**room and one == one.quantize(step)]
    most = Decimal("9" * min(field.max_digits, MOST_DIGITS)).scaleb(-field.decimal_places)
    return [*fitting, most, -most, Decimal(0)]


def _whole(field: Any) -> list[Any]:
    low, high = RANGES[field.get_internal_type()]
    return [low, high, 0]


def _too_whole(field: Any) -> list[Any]:
    low, high = RANGES[field.get_internal_type()]
    return [low - 1, high + 1, 2**63, -(2**63) - 1]


def _text(field: Any) -> list[Any]:
    most = field.max_length or 20_000
    return [*(one * most for one in INSIDE_TEXT), "", "'\"\\%_"[:most]]


def _too_long(field: Any) -> list[Any]:
    return [*HOSTILE_TEXT, *(["字" * (field.max_length + 1)] if field.max_length else [])]


WEST = timezone(timedelta(hours=-5))
ENDS = [
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=clock.SHANGHAI),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=EAST),
]
OVER_THE_ENDS = [datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST)]
JSON = [[], {}, {"a": ["字", "𠮷", 2**63, -1.5, None, True]}, ["x" * 50_000]]

#: By type of column, the first that fits: what its declaration promises to hold, and what none does,
#: which must be refused by somebody or kept as it is.
BOUNDS: list[tuple[Any, Any, Any]] = [
    (models.UUIDField, lambda _: [UUID(int=0), UUID(int=2**128 - 1)], lambda _: []),
    (models.BooleanField, lambda _: [True, False], lambda _: []),
    (models.BinaryField, lambda _: [b"", b"\0\xff" * 5_000], lambda _: []),
    (models.JSONField, lambda _: JSON, lambda _: [["a\0b"], ["\ud800"], [10**400], [10**5000]]),
    (models.DateTimeField, lambda _: ENDS, lambda _: []),
    (
        models.DateField,
        lambda _: [date.min, date.max, date(2024, 2, 29)],
        lambda _: ["10000-01-01", "0000-01-01", "2026-02-30"],
    ),
    (models.DecimalField, _figures, lambda _: [Decimal(text) for text in BEYOND]),
    (
        models.FloatField,
        lambda _: [0.1, -1.7976931348623157e308, 5e-324, 0.0],
        lambda _: [float("inf"), float("-inf")],
    ),
    (models.IntegerField, _whole, _too_whole),
    ((models.CharField, models.TextField), _text, _too_long),
]


def bounds(field: Any, *, beyond: bool = False) -> list[Any]:
    if field.choices and not beyond:
        return [value for value, _label in field.flatchoices]
    for kind, inside, outside in BOUNDS:
        if isinstance(field, kind):
            return list((outside if beyond else inside)(field))
    raise AssertionError(f"nobody knows the bounds of {field!r}")


@cache
def bare(name: str) -> tuple[type[models.Model], list[str]]:
    """A model with the columns of the named one, without what binds them to each other and to others."""
    columns: dict[str, Any] = {}
    for field in apps.get_model(name)._meta.local_concrete_fields:
        if field.remote_field is None and not isinstance(field, models.AutoField):
            copy: Any = models.JSONField() if isinstance(field, StreamField) else field.clone()
            copy.null, copy._unique, copy.primary_key, copy.db_index = True, False, False, False
            copy.auto_now = copy.auto_now_add = False
            copy.default = copy.db_default = models.NOT_PROVIDED
            columns[field.name] = copy
    with isolate_apps("tests"):
        meta = type("Meta", (), {"app_label": "tests", "db_table": "bounds_tried"})
        body = {
            "Meta": meta,
            "__module__": __name__,
            "tried_id": models.BigAutoField(primary_key=True),
        }
        return type("Tried", (models.Model,), body | columns), list(columns)


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Any:
    model, names = bare(request.param)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bounds_tried")
        cursor.execute(*connection.schema_editor().table_sql(model))
    return model, names


def written(model: Any, name: str, value: Any) -> Any:
    with transaction.atomic():
        row = model(**{other.name: None for other in model._meta.local_concrete_fields})
        setattr(row, name, value)
        row.save(force_insert=True)
    return row.pk


def read(model: Any, name: str, key: Any) -> Any:
    value = model.objects.values_list(name, flat=True).get(pk=key)
    return bytes(value) if isinstance(value, memoryview) else value


@pytest.mark.parametrize("table", MODELS, indirect=True)
def test_what_a_column_declares_comes_back(table: tuple[Any, list[str]]) -> None:
    model, names = table
    for name in names:
        for value in bounds(model._meta.get_field(name)):
            assert read(model, name, written(model, name, value)) == value, (name, value)


@pytest.mark.parametrize("table", MODELS, indirect=True)
def test_what_is_beyond_is_refused_or_kept_as_it_is(table: tuple[Any, list[str]]) -> None:
    model, names = table
    for name in names:
        field = model._meta.get_field(name)
        for value in bounds(field, beyond=True):
            try:
                cleaned = field.clean(value, None)
            except (ValidationError, OverflowError, ValueError):
                continue
            key = None
            with suppress(DatabaseError, ValueError, OverflowError):
                key = written(model, name, cleaned)
            if key is not None:
                got = read(model, name, key)
                assert (type(got), got) == (type(cleaned), cleaned), (name, value)


def test_instants_that_people_type_are_bounded() -> None:
    """All others are the clock's. PostgreSQL stores what is before the year 1 in UTC; nobody reads it."""
    for model in (NewsPage, PolicyPage):
        field = model._meta.get_field("published_at")
        for instant in [*OVER_THE_ENDS, ENDS[0], ENDS[1]]:
            with pytest.raises(ValidationError):
                field.clean(instant, None)
        assert field.clean(ENDS[2], None) == ENDS[2]


def test_the_walk_sees_every_slice() -> None:
    slices = {name.partition(".")[0] for name in MODELS}
    assert slices >= {
        *("achievements", "needs", "matching", "parties", "taxonomy", "files", "notices"),
        *("journal", "web", "search", "cms"),
    }
    assert sum(len(bare(name)[1]) for name in MODELS) > 300


# --- text at the doors ------------------------------------------------------------------------
def own_forms() -> Iterator[tuple[str, Any]]:
    """The text fields of our own forms.

    Those of accounts stand upon allauth's and take no JSON: a browser's form cannot carry half a
    surrogate, which Django replaces before any form sees it.
    """
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    seen = set()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form in seen or not issubclass(form, JiebangForm):
            continue
        seen.add(form)
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, forms.CharField):
                yield f"{form.__module__}.{form.__qualname__}.{name}", field


@pytest.mark.parametrize("name", [name for name, _ in own_forms()])
def test_no_form_lets_text_through_that_a_database_refuses(name: str) -> None:
    field = dict(own_forms())[name]
    for text in ("a\0b", "13800\0138000", "a\ud800b", "\udfff"):
        try:
            cleaned = field.clean(text)
        except ValidationError:
            continue
        assert "\0" not in str(cleaned), name
        str(cleaned).encode("utf-8")
