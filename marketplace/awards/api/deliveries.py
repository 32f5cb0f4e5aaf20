"""The work after an award over REST: milestones, acceptance, failure without blame, inspections."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.awards import queries, services
from marketplace.awards.api.shapes import (
    DeliveryMoveWrite,
    DeliveryPage,
    DeliveryRead,
    DeliveryWhole,
)
from marketplace.awards.models import Milestone, TaskBook
from marketplace.awards.services import Finding
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.web.rest import read_parameters, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import (
    FILE_PARSERS,
    MATCH,
    MOVE,
    PAGE_PARAMETER,
    count_upload,
    paged,
    with_file,
)
from marketplace.web.views import fetch


class DeliveryApi(APIView):
    """What the views of the work share."""

    permission_classes = (IsAuthenticated,)

    def one(self, code: str) -> TaskBook:
        """The work of this code. Raises Http404 for who may not know of it."""
        return fetch(
            queries.deliveries_visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="awards.view_delivery",
        )


class DeliveryCollection(DeliveryApi):
    """揭榜任务。"""

    @extend_schema(
        operation_id="delivery_list", parameters=[PAGE_PARAMETER], responses=DeliveryPage
    )
    def get(self, request: Request) -> Response:
        """The work of the caller's organisations, the newest first."""
        asked = read_parameters(request, "page")
        rows = queries.deliveries_visible_to(request.user)
        return paged(rows, asked, lambda found: list(DeliveryRead(found, many=True).data))


class DeliveryItem(DeliveryApi):
    """一项揭榜任务。"""

    @extend_schema(operation_id="delivery_detail", responses=DeliveryWhole)
    def get(self, request: Request, code: str) -> Response:
        """One with milestones, decisions and inspections."""
        read_parameters(request)
        row = self.one(code)
        return tagged(dict(DeliveryWhole(row).data), row.rev)


class DeliveryMove(DeliveryApi):
    """报告和确认节点、申请和记录验收、认定探索性失败、记录检查。"""

    conditional = True
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="delivery_move",
        parameters=[MATCH, MOVE],
        request=with_file(DeliveryMoveWrite),
        responses=DeliveryWhole,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is report, approve or send-back (of a milestone), submit, accept, confirm, refuse, claim, find, deny or inspect."""
        row = self.one(code)
        act = _ACTS.get(move)
        if act is None:
            raise NotVisible
        if not request.user.has_perm(_RIGHTS[move], row):
            raise Forbidden
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        sent = DeliveryMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        if sent.validated_data["file"] is not None:
            count_upload(request)
        try:
            act(row, {"move": move, **sent.validated_data}, how)
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, dict(DeliveryWhole(present).data), present.rev)
        row = self.one(code)
        return tagged(dict(DeliveryWhole(row).data), row.rev)


_RIGHTS = {
    # Whether the milestone's own move is the caller's is asked by the service.
    "report": "awards.view_delivery",
    "approve": "awards.view_delivery",
    "send-back": "awards.view_delivery",
    "submit": "awards.bind_delivery",
    "claim": "awards.bind_delivery",
    "accept": "awards.judge_delivery",
    "confirm": "awards.oversee_delivery",
    "refuse": "awards.oversee_delivery",
    "find": "awards.oversee_delivery",
    "deny": "awards.oversee_delivery",
    "inspect": "awards.oversee_delivery",
}
Act = Callable[[TaskBook, dict[str, Any], dict[str, Any]], object]


def _milestone(row: TaskBook, held: dict[str, Any]) -> Milestone:
    found = row.milestones.filter(number=held.get("milestone", 0)).first()
    if found is None:
        raise InvalidInput({"milestone": [_("没有这个节点")]})
    found.delivery = row
    return found


def _judge(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> object:
    name = "approve" if held["move"] == "approve" else "send_back"
    reason = {} if name == "approve" else {"decision": held.get("reasons", "")}
    return services.judge_milestone(_milestone(row, held), name, **reason, **how)


def _finding(held: dict[str, Any]) -> Finding:
    return Finding(
        held.get("on"), held.get("judges", ""), held.get("reasons", ""), held.get("grade", "")
    )


def _decide(row: TaskBook, held: dict[str, Any], how: dict[str, Any]) -> object:
    return services.decide_delivery(row, held["move"], _finding(held), **how)


_ACTS: dict[str, Act] = {
    "report": lambda row, held, how: services.report_milestone(
        _milestone(row, held), report=held.get("text", ""), upload=held["file"], **how
    ),
    "approve": _judge,
    "send-back": _judge,
    "submit": lambda row, held, how: services.submit_delivery(
        row, summary=held.get("text", ""), upload=held["file"], **how
    ),
    "accept": lambda row, held, how: services.accept_delivery(row, _finding(held), **how),
    "confirm": _decide,
    "refuse": _decide,
    "find": _decide,
    "deny": _decide,
    "claim": lambda row, held, how: services.claim_failure(
        row, tried=held.get("text", ""), spent=held.get("spent_fen"), **how
    ),
    "inspect": lambda row, held, how: services.record_inspection(
        row,
        on=held.get("on"),
        purpose=held.get("purpose", ""),
        findings=held.get("text", ""),
        exception=held.get("exception", ""),
        exception_note=held.get("exception_note", ""),
        **how,
    ),
}
