"""Rows that are read for a line of a list: a few columns instead of everything that a page of their own shows."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def with_columns(rows: QuerySet[M, Any], *columns: str) -> QuerySet[M, Any]:
    """The same rows with these columns alone, those of related rows too: `code`, `tender__title`.

    What the queryset would read beside them is left out. A column that is not named costs a query of each
    row that shows it.
    """
    related = {name.rpartition("__")[0] for name in columns if "__" in name}
    rows = rows.select_related(None).prefetch_related(None)
    return (rows.select_related(*related) if related else rows).only(*columns)
