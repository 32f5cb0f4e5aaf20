"""The code field, and migrations that record the schema only."""

from django.db import IntegrityError, models
from django.db.migrations.state import ProjectState
from django.utils.translation import gettext_lazy as _

import pytest

from marketplace.journal.models import Job
from marketplace.kernel import models as models_with_codes
from marketplace.kernel.autodetector import SchemaAutodetector
from marketplace.kernel.codes import is_valid_code, new_code
from marketplace.kernel.models import CodeField


def decide(before, after):
    """Whether a change of this field makes a migration."""
    detector = SchemaAutodetector(ProjectState(), ProjectState())
    return detector.deep_deconstruct(before) != detector.deep_deconstruct(after)


@pytest.mark.parametrize(
    "words",
    [
        {"verbose_name": _("标题")},
        {"help_text": "说明"},
        {"choices": [("a", "甲")]},
        {"validators": [len]},
    ],
)
def test_words_make_no_migration(words):
    assert not decide(models.CharField(max_length=8), models.CharField(max_length=8, **words))


@pytest.mark.parametrize(
    "change",
    [{"max_length": 9}, {"null": True}, {"unique": True}, {"default": ""}, {"db_index": True}],
)
def test_schema_makes_one(change):
    plain = {"max_length": 8}
    assert decide(models.CharField(**plain), models.CharField(**{**plain, **change}))


def test_code_field_makes_a_fresh_code_for_each_row():
    field = CodeField(prefix="XQ")
    first, second = field.get_default(), field.get_default()
    assert first != second
    assert is_valid_code(first)
    assert first.startswith("XQ")
    assert (field.unique, field.editable, field.max_length) == (True, False, 16)


def test_code_field_is_built_again_from_a_migration():
    _name, _path, args, kwargs = CodeField(prefix="XQ").deconstruct()
    assert CodeField(*args, **kwargs).prefix == "XQ"


# --- codes that are taken ---------------------------------------------------------------------
@pytest.mark.django_db
def test_a_code_that_is_taken_is_drawn_again(monkeypatch):
    first = Job.objects.create(kind="x")
    fresh = new_code("GZ")
    drawn = iter([first.code, fresh])
    monkeypatch.setattr(models_with_codes, "new_code", lambda _prefix: next(drawn))
    second = Job(kind="x", code=first.code)
    models_with_codes.insert(second)
    assert (second.code, Job.objects.count()) == (fresh, 2)


@pytest.mark.django_db
def test_what_else_is_wrong_is_said_at_once(monkeypatch):
    with pytest.raises(IntegrityError):
        models_with_codes.insert(Job(kind="x", status="?"))


@pytest.mark.django_db
def test_it_does_not_go_on_for_ever(monkeypatch):
    first = Job.objects.create(kind="x")
    monkeypatch.setattr(models_with_codes, "new_code", lambda _prefix: first.code)
    with pytest.raises(IntegrityError):
        models_with_codes.insert(Job(kind="x", code=first.code))
