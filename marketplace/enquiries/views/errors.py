"""Errors of a service in a form."""

from typing import Any

from marketplace.kernel.errors import InvalidInput


def add_errors(form: Any, error: InvalidInput) -> None:
    """Put the errors of a service at the fields of a form."""
    for name, reasons in error.errors.items():
        for reason in reasons:
            form.add_error(name if name in form.fields else None, reason)
