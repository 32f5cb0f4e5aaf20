"""A bidder reads the questions of a panel and answers them."""

from django.utils.translation import gettext as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.evaluation import queries, services
from marketplace.evaluation.api.shapes import ExplanationPage, ExplanationRead, ExplanationWrite
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, NotVisible, Refused
from marketplace.web.rest import read_parameters
from marketplace.web.rest_parts import PAGE_PARAMETER, paged


class ExplanationCollection(APIView):
    """评审组请本单位说明的问题。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="explanation_list", parameters=[PAGE_PARAMETER], responses=ExplanationPage
    )
    def get(self, request: Request) -> Response:
        """Questions about bids of the caller's organisations, the newest first."""
        asked = read_parameters(request, "page")
        rows = queries.explanations_visible_to(request.user)
        return paged(rows, asked, lambda found: list(ExplanationRead(found, many=True).data))


class ExplanationAnswer(APIView):
    """说明。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="explanation_answer", request=ExplanationWrite, responses=ExplanationRead
    )
    def post(self, request: Request, bid: str) -> Response:
        """Answer the question that waits. `asked_at` says which one was read; another one since is a conflict."""
        rows = queries.explanations_visible_to(request.user)
        found = list(rows.filter(bid__code=bid)[:50]) if is_valid_code(bid) else []
        if not found or not request.user.has_perm("evaluation.view_explanation", found[0]):
            raise NotVisible
        row = next((one for one in found if one.answered_at is None), found[0])
        if not request.user.has_perm("evaluation.answer_explanation", row):
            raise Forbidden
        sent = ExplanationWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        if sent.validated_data["asked_at"] != row.asked_at:
            raise Refused(_("您读到的问题已经变化，请重新读取后再答复"))
        services.answer_explanation(row, sent.validated_data["answer"], actor=request.user)
        row.refresh_from_db()
        return Response(ExplanationRead(row).data)
