"""The register of decisions over REST, by the same services as the pages."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.exclusions import queries, services
from marketplace.exclusions.models import Decision
from marketplace.exclusions.serializers import (
    DecisionCorrection,
    DecisionMoveWrite,
    DecisionPage,
    DecisionRead,
    DecisionWrite,
)
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.web.rest import (
    once_ticket,
    read_choice,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, MOVE, PAGE_PARAMETER, paged
from marketplace.web.views import fetch

#: Parts of `Content` that have another name here.
_NAMES = {"fields": "industries", "source": "link"}
_STATE = OpenApiParameter("state", str, enum=Decision.State.values, description="状态")


class DecisionApi(APIView):
    """What the views of decisions share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Decision]) -> list[dict[str, Any]]:
        """Decisions as the caller may see them."""
        return list(DecisionRead(rows, many=True, context={"request": self.request}).data)

    def moved(self, row: Decision, act: Callable[[], object]) -> Response:
        """Do it, and show the row as it is then; as it is now where somebody was faster."""
        try:
            act()
        except InvalidInput as error:
            raise _renamed(error) from error
        except Stale as error:
            present = self.one(row.code)
            return stale_problem(self.request, error, self.shown([present])[0], present.rev)
        row = self.one(row.code)
        return tagged(self.shown([row])[0], row.rev)

    def one(self, code: str) -> Decision:
        """The decision of this code. Raises Http404 for whoever may not know of it."""
        return fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="exclusions.view_decision",
        )


class DecisionCollection(DecisionApi):
    """禁止参加的决定：列表与录入。"""

    once = True

    @extend_schema(
        operation_id="exclusion_list", parameters=[_STATE, PAGE_PARAMETER], responses=DecisionPage
    )
    def get(self, request: Request) -> Response:
        """The register for those who keep and oversee it; for others the rows that name them."""
        asked = read_parameters(request, "state", "page")
        rows = queries.visible_to(request.user)
        if state := read_choice(asked, "state", Decision.State.values):
            rows = queries.at_state(rows, state, clock.now())
        return paged(rows, asked, self.shown)

    @extend_schema(
        operation_id="exclusion_record",
        parameters=[KEY],
        request=DecisionWrite,
        responses={200: DecisionRead, 201: DecisionRead},
    )
    def post(self, request: Request) -> Response:
        """Record one. A file can be added on the page alone, so a link is needed here."""
        if not request.user.has_perm("exclusions.record_decisions"):
            raise Forbidden
        sent = DecisionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            made = once(
                once_ticket(request),
                lambda: services.record_decision(sent.content, actor=request.user),
                actor=request.user,
            )
        except InvalidInput as error:
            raise _renamed(error) from error
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown([row])[0], row.rev, status=code)


def _renamed(error: InvalidInput) -> InvalidInput:
    return InvalidInput({_NAMES.get(at, at): texts for at, texts in error.errors.items()})


class DecisionItem(DecisionApi):
    """一份决定：查看与更正。"""

    conditional = True

    @extend_schema(operation_id="exclusion_detail", responses=DecisionRead)
    def get(self, request: Request, code: str) -> Response:
        """One decision."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)

    @extend_schema(
        operation_id="exclusion_correct",
        parameters=[MATCH],
        request=DecisionCorrection,
        responses=DecisionRead,
    )
    def put(self, request: Request, code: str) -> Response:
        """Make the row say what the document says; a file that was uploaded on the page stays."""
        row = self.one(code)
        if not request.user.has_perm("exclusions.correct_decision", row):
            raise Forbidden
        rev = seen_rev(request)
        sent = DecisionCorrection(data=request.data)
        sent.is_valid(raise_exception=True)
        return self.moved(
            row,
            lambda: services.correct_decision(
                row,
                sent.content_for(queries.account_of(row)),
                reason=sent.validated_data["reason"],
                actor=request.user,
                rev=rev,
            ),
        )


class DecisionMove(DecisionApi):
    """解除、误录作废。"""

    conditional = True

    @extend_schema(
        operation_id="exclusion_move",
        parameters=[MATCH, MOVE],
        request=DecisionMoveWrite,
        responses=DecisionRead,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is lift (the body has lifted it) or void (the row repeats no decision)."""
        row = self.one(code)
        if move not in {"lift", "void"}:
            raise NotVisible
        if not request.user.has_perm("exclusions.correct_decision", row):
            raise Forbidden
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        sent = DecisionMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        if move == "void":
            reason = held.get("reason", "")
            return self.moved(row, lambda: services.void_decision(row, reason=reason, **how))
        return self.moved(
            row,
            lambda: services.lift_decision(
                row,
                number=held.get("number", ""),
                lifted_on=held.get("lifted_on"),
                source=held.get("link", ""),
                **how,
            ),
        )
