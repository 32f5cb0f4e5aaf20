"""Fields and abstract models without a business noun: the public code, the times of a row."""

from typing import Any

from django.db import models

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code


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


class Stamped(models.Model):
    """When a row was made and last changed (UTC)."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
