"""The code field, and migrations that record the schema only."""

from django.db import models
from django.db.migrations.state import ProjectState
from django.utils.translation import gettext_lazy as _

import pytest

from marketplace.kernel.autodetector import SchemaAutodetector
from marketplace.kernel.codes import is_valid_code
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
