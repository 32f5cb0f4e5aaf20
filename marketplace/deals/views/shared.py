"""What all pages of contracts share: the row, errors of services at their fields, the header of a page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from marketplace.deals import queries
from marketplace.deals.models import Contract
from marketplace.kernel.errors import InvalidInput
from marketplace.web.views import fetch

Request = Any
VIEW, READ = "deals.view_contract", "deals.read_contract"
EDIT, BIND, RECORD = "deals.edit_contract", "deals.bind_contract", "deals.record_contract"
#: Requests with files that one person may send, counted together with those of other pages.
UPLOADS = "60/h"
#: Drafts and prints that one person may have made.
DRAFTS = "120/h"
_LINKS = (
    *("owner", "intent", "enquiry", "match", "need", "achievement", "introduction", "mandate"),
    *("created_by", "signed_recorded_by"),
)
#: A hidden field shows no error: it is said at the field that people see.
_SEEN_AT = {"organization": "name", "broker": "name", "party": "nature"}


def contract_of(
    request: HttpRequest, code: str, *, view: str = READ, action: str | None = None
) -> Contract:
    """The contract of this code with its links. Raises Http404 for who may not read it, Forbidden."""
    rows = queries.visible_to(request.user).select_related(*_LINKS)
    return fetch(rows, code, actor=request.user, view=view, action=action)


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None


def files_of(request: HttpRequest) -> Any:
    """The files of a form that was sent, or None."""
    return request.FILES if request.method == "POST" else None


def at_fields(form: Any, error: InvalidInput, rows: Mapping[str, Any] | None = None) -> None:
    """Put the errors of a service at the fields: `name`, `list`, or `list.index.field` of a filled row."""
    for name, reasons in error.errors.items():
        place, field = _place(form, name, rows or {})
        for reason in reasons:
            place.add_error(field if field in place.fields else None, str(reason))


def _place(form: Any, name: str, rows: Mapping[str, Any]) -> tuple[Any, str]:
    parts = name.split(".")
    if len(parts) != 3 or parts[0] not in rows:
        return form, name
    filled = [row for row in rows[parts[0]].forms if row.has_changed()]
    return filled[int(parts[1])], _SEEN_AT.get(parts[2], parts[2])
