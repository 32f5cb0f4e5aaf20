"""Put what a service refuses at the fields of the form."""

from typing import Any

from marketplace.kernel.errors import InvalidInput


def at_fields(form: Any, error: InvalidInput) -> None:
    """Each reason at its field; a field the form does not have goes above the form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, str(reason))
