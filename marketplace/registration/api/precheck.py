"""The pre-check of a contract over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals import queries as deals
from marketplace.deals.models import Contract
from marketplace.kernel.errors import InvalidInput
from marketplace.registration.forms.precheck import UPLOADS, TextForm
from marketplace.registration.rulebook.findings import LEVELS
from marketplace.registration.rulebook.reading import Reading
from marketplace.registration.rulebook.routing import CITY, ELSEWHERE, PROVINCE
from marketplace.registration.services import precheck as services
from marketplace.web import throttle
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


class TextSent(serializers.Serializer[Any]):
    """The text to compare."""

    file = serializers.FileField(help_text="合同文本，docx，不超过 10 MB；只用于比对，读取后即删除")


class ContractCheck(APIView):
    """合同自查。"""

    permission_classes = (IsAuthenticated,)
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="contract_check", responses=CheckRead)
    def get(self, request: Request, code: str) -> Response:
        """The findings of a contract by the rules of its time, compared with its final text when that is a DOCX."""
        contract = _contract(request, code)
        return _answer(request, contract, services.read_final_text(contract))

    @extend_schema(
        operation_id="contract_check_text",
        request={"multipart/form-data": TextSent},
        responses=CheckRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """The findings of a contract compared with a DOCX, of which nothing is kept."""
        contract = _contract(request, code)
        throttle.check(request._request, "uploads", per_user=UPLOADS)  # noqa: SLF001 -- the plain request
        form = TextForm(request.data, request.FILES)
        if not form.is_valid():
            raise InvalidInput({name: list(texts) for name, texts in form.errors.items()})
        return _answer(
            request, contract, services.read_upload(form.cleaned_data["file"], request.user)
        )


def _contract(request: Request, code: str) -> Contract:
    return fetch(
        deals.visible_to(request.user),
        code,
        actor=request.user,
        view="deals.view_contract",
        action="deals.read_contract",
    )


def _answer(request: Request, contract: Contract, reading: Reading | None = None) -> Response:
    report = services.report(contract, request.user, reading)
    answer = {
        "rulebook": report.book.version,
        "route": report.route.route,
        "needs_second_review": report.route.needs_second_review,
        "days_left": report.days_left,
        "findings": [row.as_dict() for row in report.findings],
        "kinds": report.kinds,
    }
    return Response(CheckRead(answer).data)
