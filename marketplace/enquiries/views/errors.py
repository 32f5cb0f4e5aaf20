"""Errors of a service in a form."""

from typing import Any

from marketplace.kernel.errors import InvalidInput


def add_errors(form: Any, error: InvalidInput) -> None:
    """Put the errors of a service at the fields of a form; a name that would go out is a warning with a box."""
    found = dict(error.errors)
    if "names_checked" in found and hasattr(form, "warn"):
        form.warn(found.pop("names_checked"))
    for name, reasons in found.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)
