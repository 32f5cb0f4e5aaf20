"""The pre-check of a contract over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import queries as deals
from marketplace.registration.rulebook.findings import LEVELS
from marketplace.registration.rulebook.routing import CITY, ELSEWHERE, PROVINCE
from marketplace.registration.services import precheck as services
from marketplace.web.views import fetch


class FindingRead(serializers.Serializer[Any]):
    """One finding."""

    code = serializers.CharField()
    level = serializers.ChoiceField(choices=LEVELS)
    title = serializers.CharField()
    what = serializers.CharField()
    how_to_mend = serializers.CharField()
    field = serializers.CharField(help_text="合同信息中的位置")
    article = serializers.CharField()
    rulebook = serializers.CharField()
    verified = serializers.BooleanField(help_text="条文是否已核实")
    unverified = serializers.CharField(allow_blank=True)


class SuggestionRead(serializers.Serializer[Any]):
    """How well a kind fits."""

    kind = serializers.CharField()
    name = serializers.CharField()
    score = serializers.IntegerField()
    reasons_for = serializers.ListField(child=serializers.CharField())
    reasons_against = serializers.ListField(child=serializers.CharField())


class CheckRead(serializers.Serializer[Any]):
    """The pre-check of a contract. No flags of risk: those are the registrar's."""

    rulebook = serializers.CharField()
    route = serializers.ChoiceField(choices=(CITY, PROVINCE, ELSEWHERE))
    needs_second_review = serializers.BooleanField()
    days_left = serializers.IntegerField(allow_null=True)
    findings = FindingRead(many=True)
    kinds = SuggestionRead(many=True)


class ContractCheck(APIView):
    """合同自查。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="contract_check", responses=CheckRead)
    def get(self, request: Request, code: str) -> Response:
        """The findings of a contract by the rules of its time."""
        contract = fetch(
            deals.visible_to(request.user),
            code,
            actor=request.user,
            view="deals.view_contract",
            action="deals.read_contract",
        )
        report = services.report(contract, request.user)
        answer = {
            "rulebook": report.book.version,
            "route": report.route.route,
            "needs_second_review": report.route.needs_second_review,
            "days_left": report.days_left,
            "findings": [row.as_dict() for row in report.findings],
            "kinds": report.kinds,
        }
        return Response(CheckRead(answer).data)
