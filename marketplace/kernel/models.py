"""Abstract models without a business noun: a public code, and the times of a row."""

from django.db import models

from marketplace.kernel import clock
from marketplace.kernel.codes import new_code


class Stamped(models.Model):
    """When a row was made and last changed (UTC)."""

    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True


class Coded(models.Model):
    """A row that pages and URLs call by its public code; subclasses name the prefix."""

    CODE_PREFIX = ""

    code = models.CharField(max_length=16, unique=True, editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not self.code:
            self.code = new_code(self.CODE_PREFIX)
