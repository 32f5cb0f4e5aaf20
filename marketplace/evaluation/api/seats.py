"""A member's own seat: its moves, its scores, questions to bidders and the exclusion of a bid."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.evaluation import queries, services
from marketplace.evaluation.api.shapes import (
    ExplanationAsk,
    ExplanationRead,
    RejectionWrite,
    SeatMoveWrite,
    SeatPage,
    SeatRead,
    SeatWhole,
    SheetRead,
    SheetWrite,
)
from marketplace.evaluation.models import Explanation, Seat, Sheet
from marketplace.evaluation.workflow import PANEL, SEAT, SITTING, SeatStatus
from marketplace.journal.once import made_before, once
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.kernel.tickets import Ticket
from marketplace.openings import queries as openings
from marketplace.web.rest import (
    once_ticket,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, MOVE, PAGE_PARAMETER, paged

#: Before the declaration the names of the bidders are all that a member learns; before he accepts, and after he
#: left the panel, nothing.
_KNOWS = SITTING - {SeatStatus.INVITED}


class SeatApi(APIView):
    """What the views of a seat share."""

    permission_classes = (IsAuthenticated,)

    def one(self, code: str) -> Seat:
        """The caller's own seat in the panel of this code. Raises NotVisible for anybody else."""
        rows = queries.seats_visible_to(self.request.user)
        found = rows.filter(panel__code=code).first() if is_valid_code(code) else None
        if found is None or not self.request.user.has_perm("evaluation.view_seat", found):
            raise NotVisible
        return found

    def ticket(self, row: Seat) -> Ticket | None:
        """The one-time key of the request. Raises Forbidden for who does not score now.

        A request that is sent again is answered as the first one was, also when the panel has moved on meanwhile.
        """
        ticket, user = once_ticket(self.request), self.request.user
        if not made_before(ticket, actor=user) and not user.has_perm("evaluation.score_seat", row):
            raise Forbidden
        return ticket

    def whole(self, row: Seat) -> dict[str, Any]:
        """The seat with the bids as far as the member may know them."""
        knows = row.status in _KNOWS and row.panel.is_open
        bids = queries.bids_of(row.panel.lot) if knows else []
        sheets = {one.bid_id: one for one in row.sheets.all()}
        missing = set(queries.missing_of(row, row.panel)) if sheets else set()
        reads = self.request.user.has_perm("evaluation.read_seat", row)
        proposed = {one.bid_id: one for one in queries.rejections_of(row.panel)} if reads else {}
        until = openings.plan_awaited(row.panel.lot, clock.now()) if row.panel.is_open else None
        context = {
            "plan_until": until,
            "criteria": queries.to_score(queries.criteria_of(row.panel.lot)),
            "bids": [
                {
                    "code": one.bid.code,
                    "names": queries.names_of(one),
                    "rev": sheets[one.bid_id].rev if one.bid_id in sheets else None,
                    "is_scored": one.bid_id in sheets and one.bid.code not in missing,
                    "rejection": proposed.get(one.bid_id),
                }
                for one in bids
            ],
        }
        return dict(SeatWhole(row, context=context).data)


class SeatCollection(SeatApi):
    """本人的评审席位。"""

    @extend_schema(operation_id="seat_list", parameters=[PAGE_PARAMETER], responses=SeatPage)
    def get(self, request: Request) -> Response:
        """The own seats, the newest first."""
        asked = read_parameters(request, "page")
        rows = queries.seats_visible_to(request.user)
        return paged(rows, asked, lambda found: list(SeatRead(found, many=True).data))


class SeatItem(SeatApi):
    """一个评审席位。"""

    @extend_schema(operation_id="seat_detail", responses=SeatWhole)
    def get(self, request: Request, code: str) -> Response:
        """The own seat in a panel, with what is to be scored. The bids themselves are read at `opened-bids`."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


class SeatMove(SeatApi):
    """答复邀请、声明利害关系、回避、锁定评分、出具和签署报告。"""

    conditional = True

    @extend_schema(
        operation_id="seat_move",
        parameters=[MATCH, MOVE],
        request=SeatMoveWrite,
        responses=SeatWhole,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is accept, decline, declare, recuse, lock, report or sign."""
        row = self.one(code)
        act = _ACTS.get(move)
        if act is None:
            raise NotVisible
        on_panel = move == "report"
        right = (PANEL if on_panel else SEAT).transitions[_MOVES.get(move, move)].permission
        if not request.user.has_perm(right, row.panel if on_panel else row):
            raise Forbidden
        rev = seen_rev(request)
        sent = SeatMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            act(row, sent.validated_data, {"actor": request.user, "rev": rev})
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.whole(present), present.rev)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


#: A declaration without a conflict is the move `clear`.
_MOVES = {"declare": "clear"}


def _report(row: Seat, held: dict[str, Any], how: dict[str, Any]) -> None:
    if "panel_rev" not in held:
        raise InvalidInput({"panel_rev": [_("请给出读到的 panel_rev")]})
    services.issue_report(
        row.panel,
        conclusion=held.get("conclusion", ""),
        reasons=held.get("reasons"),
        actor=how["actor"],
        rev=held["panel_rev"],
    )


_ACTS: dict[str, Callable[[Seat, dict[str, Any], dict[str, Any]], Any]] = {
    "accept": lambda row, held, how: services.accept_seat(row, pledge=held.get("pledge", 0), **how),
    "decline": lambda row, _held, how: services.decline_seat(row, **how),
    "declare": lambda row, held, how: services.declare(row, held.get("conflicts", {}), **how),
    "recuse": lambda row, held, how: services.recuse(row, reason=held.get("reason", ""), **how),
    "lock": lambda row, _held, how: services.lock_scores(row, **how),
    "report": _report,
    "sign": lambda row, held, how: services.sign_report(
        row, report_hash=held.get("report_hash", ""), dissent=held.get("dissent", ""), **how
    ),
}


class SeatScores(SeatApi):
    """本人对一份方案的评分。"""

    conditional = True

    @extend_schema(
        operation_id="seat_scores", parameters=[MATCH], request=SheetWrite, responses=SheetRead
    )
    def put(self, request: Request, code: str, bid: str) -> Response:
        """Keep the scores as a draft, all of them together; `If-Match` is the `rev` of the bid in the seat."""
        row = self.one(code)
        if not is_valid_code(bid) or queries.sheet_of(row, bid) is None:
            raise NotVisible
        if not request.user.has_perm("evaluation.score_seat", row):
            raise Forbidden
        rev = seen_rev(request)
        sent = SheetWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data["scores"]
        points = {one["criterion"]: one["points"] for one in given}
        if len(points) < len(given):
            raise InvalidInput({"scores": [_("同一项评审因素只能出现一次")]})
        comments = {one["criterion"]: one["comment"] for one in given}
        try:
            services.save_scores(row, bid, points, comments, actor=request.user, rev=rev)
        except Stale as error:
            present = self._sheet(row, bid)
            return stale_problem(request, error, SheetRead(present).data, present.rev)
        sheet = self._sheet(row, bid)
        return tagged(SheetRead(sheet).data, sheet.rev)

    def _sheet(self, row: Seat, bid: str) -> Sheet:
        return queries.sheets_visible_to(self.request.user).get(seat=row, bid__code=bid)


class SeatQuestions(SeatApi):
    """请投标人说明。"""

    once = True

    @extend_schema(
        operation_id="seat_ask",
        parameters=[KEY],
        request=ExplanationAsk,
        responses={200: ExplanationRead, 201: ExplanationRead},
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask the bidder of one bid; he does not learn who asks."""
        row = self.one(code)
        ticket = self.ticket(row)
        sent = ExplanationAsk(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        made = once(
            ticket,
            lambda: services.ask_explanation(
                row, held["bid"], text=held["text"], days=held["days"], actor=request.user
            ),
            actor=request.user,
            code=lambda one: str(one.pk),
        )
        asked = Explanation.objects.select_related("bid", "panel__lot__tender").get(
            pk=int(made.code), panel=row.panel
        )
        status_code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return Response(ExplanationRead(asked).data, status=status_code)


class SeatRejections(SeatApi):
    """否决一份方案：一人提议，另一人同意。"""

    once = True

    @extend_schema(
        operation_id="seat_reject",
        parameters=[KEY],
        request=RejectionWrite,
        responses={200: SeatWhole, 201: SeatWhole},
    )
    def post(self, request: Request, code: str) -> Response:
        """Propose the exclusion of a bid, agree to another member's proposal, or drop it."""
        row = self.one(code)
        ticket = self.ticket(row)
        sent = RejectionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        made = once(
            ticket,
            lambda: _reject(row, held, request.user),
            actor=request.user,
            code=lambda one: str(one.pk),
        )
        row = self.one(code)
        is_new = made.is_new and held["act"] == "propose"
        status_code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return tagged(self.whole(row), row.rev, status=status_code)


def _reject(row: Seat, held: dict[str, Any], actor: Any) -> Any:
    if held["act"] == "propose":
        return services.propose_rejection(
            row,
            held["bid"],
            ground=held.get("ground", ""),
            text=held.get("text", ""),
            actor=actor,
        )
    return services.decide_rejection(row, held["bid"], agree=held["act"] == "agree", actor=actor)
