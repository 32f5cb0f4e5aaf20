"""Two versions of the same fields side by side, in the words of the form."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

NOTHING = "—"


@dataclass(frozen=True)
class Difference:
    """One field: its label, and both values as people read them."""

    label: Any
    before: str
    after: str


def shown(field: Any, value: Any) -> str:
    """A cleaned or stored value as the form would show it; a dash for none."""
    if value is None or (not value and isinstance(value, str | list | tuple)):
        return NOTHING
    words = _choices(getattr(field, "choices", ()))
    if isinstance(value, list | tuple):
        return "、".join(str(words.get(str(part), part)) for part in value)
    if str(value) in words:
        return str(words[str(value)])
    if isinstance(value, bool):
        coerce = getattr(field, "coerce", None)
        said = [word for key, word in words.items() if coerce and coerce(key) is value]
        return str(said[0]) if said else _("是") if value else _("否")
    if isinstance(value, Decimal):
        return plain(value)
    return str(field.prepare_value(value))


def shown_row(fields: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A repeated row in one line, without what is empty."""
    cells = (shown(field, row.get(name)) for name, field in fields.items())
    return " · ".join(cell for cell in cells if cell != NOTHING)


def shown_rows(fields: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> str:
    """Repeated rows, one in each line."""
    return "\n".join(shown_row(fields, row) for row in rows) or NOTHING


def compare(
    fields: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """The fields that `before` and `after` both have and that do not read the same."""
    found = []
    for name, field in fields.items():
        if name in before and name in after:
            pair = shown(field, before[name]), shown(field, after[name])
            if pair[0] != pair[1]:
                found.append(Difference(field.label, *pair))
    return found


def plain(value: Any) -> Any:
    """A column's value as JSON keeps it: days in ISO form, decimals without trailing zeros."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, date):
        return value.isoformat()
    return json.loads(json.dumps(value, default=str))


def _choices(choices: Any) -> dict[str, Any]:
    """Value to label, groups opened."""
    flat: dict[str, Any] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            flat |= {str(key): word for key, word in label}
        else:
            flat[str(value)] = label
    return flat
