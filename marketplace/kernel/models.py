"""Model fields and abstract models that any slice uses: public code, times of a row."""

from typing import Any

from django.db import IntegrityError, models, transaction

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code

_CODES_TRIED = 3


class CodeField(models.CharField):  # type: ignore[type-arg]
    """The public code of a row, generated when the row is created. `prefix` stands for the model."""

    def __init__(self, *, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("max_length", 16)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """A plain CharField for the database. The prefix is kept because migrations construct the field."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs

    def get_default(self) -> str:
        """A new code for each new row, also in `bulk_create`."""
        return new_code(self.prefix)


def insert(row: models.Model) -> None:
    """Insert a new row, and generate another code when its code exists already.

    With 100,000 codes in a year one new code in ten thousand collides. A batch is repeated as a whole by
    its worker, but a person must not see an error because of it. Needs a transaction.
    """
    coded = [f for f in row._meta.local_fields if isinstance(f, CodeField)]  # noqa: SLF001 -- documented
    rows = type(row)._default_manager  # noqa: SLF001 -- Django's documented name for it
    for attempt in range(_CODES_TRIED):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            taken = [f for f in coded if rows.filter(**{f.name: getattr(row, f.name)}).exists()]
            if not taken or attempt == _CODES_TRIED - 1:
                raise
            for field in taken:
                setattr(row, field.name, field.get_default())
        else:
            return


class Stamped(models.Model):
    """When a row was created and last changed (UTC)."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
