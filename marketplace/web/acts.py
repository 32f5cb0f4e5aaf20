"""What a reader may do on a page: buttons with their forms, and the errors of a service at its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.errors import InvalidInput


@dataclass(frozen=True)
class Act:
    """One thing that the reader may do on a page: a button, with a form where something must be said.

    A list of these is drawn by `web/components/acts.html`; `note` stands above the button. What cannot be taken back
    is `asks`: its form is folded, so that it takes a second, deliberate step, also without JavaScript.
    """

    name: str
    label: Any
    form: Any = None
    danger: bool = False
    note: Any = ""
    asks: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its form is unfolded from the start: it was sent, and came back with what is wrong."""
        return self.form is not None and self.form.is_bound


def at_fields(form: Any, error: InvalidInput, names: Mapping[str, str] | None = None) -> None:
    """Put each reason at its field; a reason for a field that the form does not have goes above the form.

    `names` has the field of the form for each name of the service that differs from it.
    """
    for name, reasons in error.errors.items():
        field = (names or {}).get(name, name)
        for reason in reasons:
            form.add_error(field if field in form.fields else None, str(reason))
