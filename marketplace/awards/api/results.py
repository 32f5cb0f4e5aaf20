"""Results over REST: what was made public, and what purchaser, operator, authority and candidate do with them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.awards import queries, services
from marketplace.awards.api.shapes import ResultMoveWrite, ResultPage, ResultRead, ResultWhole
from marketplace.awards.models import Award, Result
from marketplace.kernel.errors import Forbidden, NotVisible, Refused, Stale
from marketplace.kernel.revisions import check
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


class ResultCollection(APIView):
    """公布的结果。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="result_list", parameters=[PAGE_PARAMETER], responses=ResultPage)
    def get(self, request: Request) -> Response:
        """What was made public, the newest first."""
        asked = read_parameters(request, "page")
        rows = queries.published()
        return paged(rows, asked, lambda found: list(ResultRead(found, many=True).data))


class ResultApi(APIView):
    """What the views of one result share."""

    def one(self, code: str) -> Result:
        """The result of this code. Raises Http404 for who may not know of it."""
        return fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="awards.view_lotresult",
        )

    def whole(self, row: Result) -> dict[str, Any]:
        """The result with its ranking as the caller may read it."""
        context = {
            "entries": queries.entries_shown(row, self.request.user),
            "awards": queries.awards_of(row),
        }
        return dict(ResultWhole(row, context=context).data)


class ResultItem(ResultApi):
    """一份结果。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="result_detail", responses=ResultWhole)
    def get(self, request: Request, code: str) -> Response:
        """One result with its ranking as the caller may read it."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


class ResultMove(ResultApi):
    """核对、公示、定标、放弃，或另行处理。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="result_move",
        parameters=[MATCH, MOVE],
        request=with_file(ResultMoveWrite),
        responses=ResultWhole,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is check, publish, return, confirm, explain, decline, next, again or fail."""
        row = self.one(code)
        act = _ACTS.get(move)
        if act is None:
            raise NotVisible
        award = queries.award_of(row)
        if not request.user.has_perm(_RIGHTS[move], award if move == "decline" else row):
            raise Forbidden
        how: dict[str, Any] = {"actor": request.user, "rev": seen_rev(request)}
        sent = ResultMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        if sent.validated_data["file"] is not None:
            count_upload(request)
        try:
            act(row, award, {"move": move, **sent.validated_data}, how)
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.whole(present), present.rev)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


_RIGHTS = {
    "check": "awards.bind_lotresult",
    "publish": "awards.publish_lotresult",
    "return": "awards.publish_lotresult",
    "confirm": "awards.bind_lotresult",
    "explain": "awards.bind_lotresult",
    "decline": "awards.decline_award",
    "next": "awards.remedy_lotresult",
    "again": "awards.remedy_lotresult",
    "fail": "awards.remedy_lotresult",
}
Act = Callable[[Result, Award | None, dict[str, Any], dict[str, Any]], object]


def _explain(
    _row: Result, award: Award | None, held: dict[str, Any], how: dict[str, Any]
) -> object:
    if award is None:
        raise Refused(_("定标之后、签约之前才能说明"))
    return services.explain_terms(award, reason=held.get("reason", ""), **how)


def _decline(row: Result, award: Award | None, held: dict[str, Any], how: dict[str, Any]) -> object:
    # The caller has read the result, not the award: nobody gives up a candidacy of another round.
    check(row.rev, how["rev"], row)
    assert award is not None  # noqa: S101 -- without an award nobody has the right to decline
    return services.decline_award(award, reason=held.get("reason", ""), actor=how["actor"])


def _remedy(row: Result, _award: Award | None, held: dict[str, Any], how: dict[str, Any]) -> object:
    return services.remedy_result(
        row,
        held["move"],
        reason=held.get("reason", ""),
        out=held.get("out", ""),
        upload=held["file"],
        **how,
    )


_ACTS: dict[str, Act] = {
    "check": lambda row, _award, held, how: services.submit_result(
        row,
        days=held.get("days"),
        contact=held.get("contact", ""),
        note=held.get("note", ""),
        **how,
    ),
    "publish": lambda row, _award, _held, how: services.publish_result(row, **how),
    "return": lambda row, _award, held, how: services.return_result(
        row, reason=held.get("reason", ""), **how
    ),
    "confirm": lambda row, _award, _held, how: services.confirm_award(row, **how),
    "explain": _explain,
    "decline": _decline,
    "next": _remedy,
    "again": _remedy,
    "fail": _remedy,
}
