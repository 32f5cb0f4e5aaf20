"""What all views of contracts share: the row, what was sent, the answer of an act."""

from collections.abc import Callable
from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.deals import queries
from marketplace.deals.api.shapes import ContractRead
from marketplace.deals.models import Contract
from marketplace.kernel.errors import Stale
from marketplace.web.rest import stale_problem, tagged
from marketplace.web.views import fetch


def contract_of(request: Request, code: str, action: str | None = None) -> Contract:
    """The contract, for whoever may know of it. Raises Http404, Forbidden without `action`."""
    rows = queries.visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="deals.view_contract", action=action)


def read_contract(request: Request, code: str, action: str | None = None) -> Contract:
    """The contract, for whoever reads the whole record: a named broker does not. Raises Http404, Forbidden."""
    rows = queries.visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="deals.read_contract", action=action)


def shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    """The contract as it is now."""
    contract = contract_of(request, code)
    body = ContractRead(contract, context={"actor": request.user}).data
    return tagged(body, contract.rev, status=answer)


def values_of(shape: Any, request: Request) -> dict[str, Any]:
    """What was sent, without the version that was seen. Raises ValidationError."""
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return {name: value for name, value in sent.validated_data.items() if name != "rev"}


def done(request: Request, code: str, run: Callable[[], object]) -> Response:
    """Run a service; what has changed meanwhile is answered with the present state."""
    try:
        run()
    except Stale as error:
        present = contract_of(request, code)
        body = ContractRead(present, context={"actor": request.user}).data
        return stale_problem(request, error, body, present.rev)
    return shown(request, code)
