"""Fields and abstract models without a business noun: the public code, the times of a row."""

from typing import Any

from django.db import IntegrityError, models, transaction

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code

_CODES_TRIED = 3


class CodeField(models.CharField):  # type: ignore[type-arg]
    """The public code of a row, made when the row is made; `prefix` names its kind."""

    def __init__(self, *, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs.setdefault("max_length", 16)
        kwargs.setdefault("unique", True)
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        """The database knows a CharField; the prefix is kept so that the field can be built."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs

    def get_default(self) -> str:
        """A fresh code for each new row, in `bulk_create` too."""
        return new_code(self.prefix)


def insert(row: models.Model) -> None:
    """Write a new row, with another code where its own is taken.

    Among 100,000 codes of a year one new code in ten thousand is taken. What works in batches is
    repeated as a whole by its worker; a person must not see an error for it. Needs a transaction.
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
    """When a row was made and last changed (UTC)."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
