"""The database itself refuses what no service would write: every state, every amount has a CHECK."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, models, transaction

import pytest

from marketplace.kernel.money import MoneyField

TREES = ("marketplace", "cms", "search")
#: Django itself gives these a CHECK that they are not negative.
POSITIVE = (
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.PositiveBigIntegerField,
)


def own_models():
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in TREES]


def names_in(condition):
    """The fields that a condition speaks of."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from names_in(child)
        else:
            yield child[0].split("__")[0]


def checked(model):
    checks = [c for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    return {name for check in checks for name in names_in(check.condition)}


def bounded():
    """Every field with a fixed set of values, and every amount."""
    for model in own_models():
        for field in model._meta.local_fields:
            if field.choices or isinstance(field, MoneyField):
                yield pytest.param(model, field, id=f"{model._meta.label}.{field.name}")


@pytest.mark.parametrize(("model", "field"), list(bounded()))
def test_every_state_and_amount_has_a_check(model, field):
    assert field.name in checked(model)


def test_every_other_number_is_not_negative_or_is_no_amount():
    """A key of another table, a window of time: whatever else is a whole number says so here."""
    others = {
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, models.IntegerField)
        and not isinstance(field, (*POSITIVE, models.AutoField, models.BigAutoField))
        and field.name not in checked(model)
    }
    assert others == {
        "files.Attachment.subject_id",
        "journal.Entry.subject_id",
        "notices.Notice.entry_id",
        "web.RateBucket.window",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), list(bounded()))
def test_the_database_refuses_what_is_out_of_bounds(model, field):
    """An UPDATE past every form and service; the row is made past them too."""
    wrong = -1 if isinstance(field, MoneyField) else "?"
    row = raw_row(model, {field.attname: wrong})
    with pytest.raises(IntegrityError, match=r"(?i)check"), transaction.atomic():
        insert(model, row)


def raw_row(model, given):
    """Column values of a row that is wrong in nothing but `given`."""
    row = {}
    for field in model._meta.local_concrete_fields:
        if field.attname in given:
            row[field.column] = given[field.attname]
        elif field.primary_key and not field.remote_field:
            row[field.column] = 10**9 if "Auto" in field.get_internal_type() else "x"
        elif field.null:
            row[field.column] = None
        else:
            row[field.column] = plain(field)
    return row


def plain(field):
    if field.remote_field:
        return 10**9
    if field.has_default():
        value = field.get_default()
    else:
        value = field.choices[0][0] if field.choices else {"text": "x"}.get("text")
    kind = field.get_internal_type()
    if not field.has_default() and not field.choices:
        if "Integer" in kind or kind == "FloatField":
            value = 1
        elif kind == "BooleanField":
            value = False
        elif kind == "DateTimeField":
            value = "2026-11-27 00:00:00+00:00"
        elif kind == "DateField":
            value = "2026-11-27"
        elif kind == "BinaryField":
            value = b"x"
    return field.get_db_prep_save(value, connection_of())


def connection_of():
    from django.db import connection

    return connection


def insert(model, row):
    connection = connection_of()
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, row))
    marks = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})",
            list(row.values()),
        )


def test_checks_name_fields_that_exist():
    for model in own_models():
        for name in checked(model):
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"{model._meta.label}: a check of {name!r}")
