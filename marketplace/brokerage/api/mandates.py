"""Mandates over REST: list, propose, one of them, its moves, and amending it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import queries
from marketplace.brokerage.api.paging import entered_broker, page_of
from marketplace.brokerage.api.shapes import (
    AmendWrite,
    MandatePage,
    MandateRead,
    MandateWrite,
    ReasonWrite,
)
from marketplace.brokerage.models import Broker, Mandate
from marketplace.brokerage.rulebook.commission import WHOLE, Payer, Terms
from marketplace.brokerage.services import mandates
from marketplace.brokerage.services.mandates import Scope
from marketplace.brokerage.workflow import MANDATE
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, Stale
from marketplace.kernel.revisions import check
from marketplace.listings.filters import CHOOSE_OWNER
from marketplace.listings.kind import ListingKind, kinds
from marketplace.web.rest import (
    once_ticket,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER
from marketplace.web.views import fetch


class MandateList(APIView):
    """委托列表。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(operation_id="mandate_list", parameters=[PAGE_PARAMETER], responses=MandatePage)
    def get(self, request: Request) -> Response:
        """The mandates of the caller, as broker or as client; newest first."""
        rows = queries.own_mandates(request.user).prefetch_related("versions__mandate__broker")
        return page_of(request, rows, MandateRead)

    @extend_schema(
        operation_id="mandate_propose",
        parameters=[KEY],
        request=MandateWrite,
        responses={200: MandateRead, 201: MandateRead},
    )
    def post(self, request: Request) -> Response:
        """Propose a mandate, as the client to a broker or as a broker to the owner of a listing."""
        sent = MandateWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        if "broker" in values:
            broker, scope = _broker_named(values["broker"]), _scope_of_client(request, values)
        else:
            broker, scope = entered_broker(request.user), _scope_of_listing(request, values)
        with _named_as_sent():
            made = once(
                once_ticket(request),
                lambda: mandates.propose_mandate(
                    broker=broker,
                    scope=scope,
                    terms=_terms(values["terms"]),
                    starts_on=values["starts_on"],
                    ends_on=values["ends_on"],
                    actor=request.user,
                ),
                actor=request.user,
            )
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return _shown(request, made.code, code)


def _broker_named(code: str) -> Broker:
    broker = queries.entered_brokers().filter(code=code).first()
    if broker is None:
        raise InvalidInput({"broker": [_("没有找到这位在库技术经纪人")]})
    return broker


def _scope_of_client(request: Request, values: dict[str, Any]) -> Scope:
    """What the caller's organisation mandates. Raises Forbidden, InvalidInput at `client` or `listing`."""
    bound = {org.code: org for org in queries.bound_organizations(request.user)}
    if not bound:
        raise Forbidden
    client = bound.get(values.get("client", "")) or (
        next(iter(bound.values())) if len(bound) == 1 and "client" not in values else None
    )
    if client is None:
        raise InvalidInput({"client": [CHOOSE_OWNER]})
    if "listing" not in values:
        return Scope(client)
    kind, listing = _listing(request, values)
    return Scope(client, kind, listing)


def _scope_of_listing(request: Request, values: dict[str, Any]) -> Scope:
    """What a broker asks a mandate for: a listing that takes one. Raises InvalidInput, NotVisible."""
    if "listing" not in values:
        raise InvalidInput({"listing": [_("请填写信息编号")]})
    kind, listing = _listing(request, values)
    return Scope(listing.owner, kind, listing)


def _listing(request: Request, values: dict[str, Any]) -> tuple[ListingKind, Any]:
    kind = next((one for one in kinds() if one.name == values.get("kind")), None)
    if kind is None:
        raise InvalidInput({"kind": [", ".join(one.name for one in kinds())]})
    rows = kind.visible_to(request.user)
    return kind, fetch(rows, values["listing"], actor=request.user, view=kind.perm("view"))


def _terms(values: dict[str, Any]) -> Terms:
    """The terms as they were sent. Who alone pays has the whole share, as on the form."""
    if values["payer"] != Payer.BOTH:
        values = values | {"client_share_bp": WHOLE if values["payer"] == Payer.CLIENT else 0}
    return Terms(**({"client_share_bp": 0} | values))


@contextmanager
def _named_as_sent() -> Iterator[None]:
    """What is wrong with the terms is named as in the body: `terms.rate_bp`."""
    try:
        yield
    except InvalidInput as error:
        names = {"scope": "listing"} | {name: f"terms.{name}" for name in Terms().columns()}
        found = error.errors.items()
        raise InvalidInput({names.get(name, name): texts for name, texts in found}) from error


class MandateDetail(APIView):
    """一份委托。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="mandate_detail", responses=MandateRead)
    def get(self, request: Request, code: str) -> Response:
        """One mandate with what the caller may do."""
        row = _mandate_of(request, code)
        return _body(request, row)


def _body(request: Request, row: Mandate, code: int = status.HTTP_200_OK) -> Response:
    return tagged(MandateRead(row, context={"actor": request.user}).data, row.rev, status=code)


def _shown(request: Request, code: str, answer: int = status.HTTP_200_OK) -> Response:
    """The mandate as it is now."""
    return _body(request, _mandate_of(request, code), answer)


def _mandate_of(request: Request, code: str) -> Mandate:
    rows = queries.mandates_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="brokerage.view_mandate")


#: Moves of the mandate itself, and of an amendment that waits.
_MOVES = frozenset({"decline", "withdraw", "terminate"})
_VERSION_MOVES = frozenset({"agree", "refuse", "drop"})


class MandateAct(APIView):
    """对委托的操作：accept、decline、withdraw、terminate；对变更的操作：agree、refuse、drop。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the version that was seen must be named.
    conditional = True

    @extend_schema(
        operation_id="mandate_act",
        parameters=[MATCH],
        request=ReasonWrite,
        responses=MandateRead,
    )
    def post(self, request: Request, code: str, act: str) -> Response:
        """Make one move, on the version that was seen."""
        row = _mandate_of(request, code)
        if act in _VERSION_MOVES:
            if not request.user.has_perm("brokerage.amend_mandate", row):
                raise Forbidden
        elif act not in {"accept", *_MOVES}:
            raise NotFound
        elif not request.user.has_perm(MANDATE.transitions[act].permission, row):
            raise Forbidden
        sent = ReasonWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        reason = sent.validated_data.get("reason", "")
        try:
            if act == "accept":
                mandates.accept_mandate(row, **how)
            elif act in _MOVES:
                mandates.close_mandate(row, act, reason=reason, **how)
            else:
                mandates.decide_amendment(row, act, reason=reason, **how)
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, code)


class MandateAmend(APIView):
    """变更委托的条款或期限。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the version that was seen must be named.
    conditional = True

    @extend_schema(
        operation_id="mandate_amend",
        parameters=[MATCH],
        request=AmendWrite,
        responses=MandateRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Propose other terms or another end; what is agreed holds until the other side agrees."""
        row = _mandate_of(request, code)
        if not request.user.has_perm("brokerage.amend_mandate", row):
            raise Forbidden
        rev = seen_rev(request)
        try:
            # Before the body: who has not seen the present terms need not mend what was typed for others.
            check(row.rev, rev, row)
            sent = AmendWrite(data=request.data)
            sent.is_valid(raise_exception=True)
            values = sent.validated_data
            with _named_as_sent():
                mandates.propose_amendment(
                    row,
                    terms=_terms(values["terms"]),
                    ends_on=values["ends_on"],
                    actor=request.user,
                    rev=rev,
                )
        except Stale as error:
            return _stale(request, error, code)
        return _shown(request, code)


def _stale(request: Request, error: Stale, code: str) -> Response:
    now = _mandate_of(request, code)
    present = MandateRead(now, context={"actor": request.user}).data
    return stale_problem(request, error, present, now.rev)
