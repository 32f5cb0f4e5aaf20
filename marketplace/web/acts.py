"""What a reader may do on a page: buttons with their forms, and the errors of a service at its fields."""

from dataclasses import dataclass
from typing import Any

from marketplace.kernel.errors import InvalidInput


@dataclass(frozen=True)
class Act:
    """One thing that the reader may do on a page: a button, with a form where something must be said.

    A list of these is drawn by `web/components/acts.html`; `note` stands above the button.
    """

    name: str
    label: Any
    form: Any = None
    danger: bool = False
    note: Any = ""


def at_fields(form: Any, error: InvalidInput) -> None:
    """Each reason at its field; a field that the form does not have goes above the form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, str(reason))
