"""Rows as plain data for the pack of an audit: every column as it is stored, people and organisations by name."""

import base64
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import ForeignKey, Model

from marketplace.parties.models import Organization, User


class Plain:
    """Turns rows into plain data. It remembers names, so that a person is asked for once."""

    def __init__(self) -> None:
        self._people: dict[int, str] = {}
        self._organizations: dict[int, str] = {}

    def rows(self, found: Iterable[Model]) -> list[dict[str, Any]]:
        """Each row as `{column: value}`."""
        return [self.row(one) for one in found]

    def row(self, one: Model) -> dict[str, Any]:
        """One row. A person or an organisation is a name beside the key; every instant is in UTC."""
        said: dict[str, Any] = {}
        for column in one._meta.concrete_fields:  # noqa: SLF001 -- Django's documented name
            value = getattr(one, column.attname)
            said[column.attname] = _value(value)
            if isinstance(column, ForeignKey) and value is not None:
                name = self._name(column.related_model, value)
                if name:
                    said[column.name] = name
        return said

    def _name(self, model: Any, pk: int) -> str:
        if issubclass(model, User):
            if pk not in self._people:
                row = User.objects.filter(pk=pk).first()
                self._people[pk] = str(row) if row is not None else ""
            return self._people[pk]
        if issubclass(model, Organization):
            if pk not in self._organizations:
                org = Organization.objects.filter(pk=pk).first()
                self._organizations[pk] = f"{org.name}（{org.code}）" if org is not None else ""
            return self._organizations[pk]
        return ""


def _value(value: Any) -> Any:
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
