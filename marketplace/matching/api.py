"""Matches over REST, read-only: what everybody sees on the pages."""

from django.db.models import QuerySet

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.achievements import queries as achievements
from marketplace.kernel.unreadable import readable
from marketplace.matching import queries
from marketplace.matching.models import Match
from marketplace.matching.serializers import MatchRead
from marketplace.needs import queries as needs
from marketplace.web.rest import read_number, read_parameters
from marketplace.web.views import fetch

#: The largest number of matches in one answer; few listings have more.
MOST = 50
_LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST}, description="最多返回多少项"
)


class NeedMatches(APIView):
    """一条需求的匹配成果。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(operation_id="need_matches", parameters=[_LIMIT], responses=MatchRead(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The achievements that answer a need, best first."""
        visible = needs.visible_to(request.user)
        need = fetch(visible, code, actor=request.user, view="needs.view_need")
        return _answer(request, queries.matches_of_need(need, request.user))


class AchievementMatches(APIView):
    """一项成果的匹配需求。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="achievement_matches", parameters=[_LIMIT], responses=MatchRead(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        """The needs that an achievement answers, best first."""
        visible = achievements.visible_to(request.user)
        view = "achievements.view_achievement"
        achievement = fetch(visible, code, actor=request.user, view=view)
        return _answer(request, queries.matches_of_achievement(achievement, request.user))


def _answer(request: Request, rows: QuerySet[Match]) -> Response:
    limit = read_number(read_parameters(request, "limit"), "limit", most=MOST, default=MOST)
    return Response(MatchRead(readable(rows[:limit]), many=True).data)
