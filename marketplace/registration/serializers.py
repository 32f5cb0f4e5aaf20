"""Filings as the API gives and takes them."""

from typing import Any

from rest_framework import serializers

from marketplace.kernel.money import MAX_FEN
from marketplace.registration.models import Filing
from marketplace.registration.workflow import FILING
from marketplace.web.serializers import DayField, WholeField


class ReasonRead(serializers.Serializer[Any]):
    """A reason of a return: code, text, and the section of the contract that it is about."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    text = serializers.CharField()


class FilingRead(serializers.Serializer[Any]):
    """A filing. Amounts are fen; those of the register are null until it is registered."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    book = serializers.CharField(help_text="city 正式，sample 示例")
    status = serializers.CharField()
    contract = serializers.CharField(source="contract.code")
    district = serializers.CharField(allow_blank=True)
    route = serializers.CharField(help_text="city 本市，province 转省，elsewhere 外地")
    needs_second_review = serializers.BooleanField(source="needs_second")
    rounds = serializers.IntegerField(help_text="提交次数")
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="办理期限，不含这一时刻")
    return_reasons = ReasonRead(many=True)
    official_number = serializers.CharField(allow_null=True)
    official_on = serializers.DateField(allow_null=True)
    recognised_type = serializers.CharField(allow_blank=True)
    recognised_total_fen = serializers.IntegerField(allow_null=True)
    recognised_technical_fen = serializers.IntegerField(allow_null=True)
    registered_elsewhere = serializers.BooleanField()
    available_actions = serializers.SerializerMethodField()

    def get_available_actions(self, filing: Filing) -> list[str]:
        """What the caller may do now."""
        return [move.name for move in FILING.available(filing, self.context["actor"])]


class FilingPage(serializers.Serializer[Any]):
    """One page of filings."""

    count = serializers.IntegerField()
    results = FilingRead(many=True)


class FilingOpen(serializers.Serializer[Any]):
    """The contract whose registration is begun."""

    contract = serializers.CharField(max_length=16, help_text="合同编号")


class ReturnReasonWrite(serializers.Serializer[Any]):
    """A reason of a return."""

    code = serializers.CharField(max_length=40)
    field = serializers.CharField(max_length=60, required=False, allow_blank=True)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)


class FilingActWrite(serializers.Serializer[Any]):
    """What an act needs, and the version that it is based on. Each act reads its own fields."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=500,
        default="",
        help_text="变更、注销、撤销、异议",
    )
    reasons = ReturnReasonWrite(many=True, required=False, help_text="return 的退回理由")
    codes = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=20,
        help_text="refuse 的理由代码",
    )
    official_number = serializers.CharField(required=False, max_length=40, default="")
    official_on = DayField(required=False)
    contract_type = serializers.CharField(
        required=False, allow_blank=True, max_length=16, default=""
    )
    total_fen = WholeField(min_value=0, max_value=MAX_FEN, required=False)
    technical_fen = WholeField(min_value=0, max_value=MAX_FEN, required=False)
    amount_fen = WholeField(
        min_value=0, max_value=MAX_FEN, required=False, help_text="confirm_income 的技术性收入"
    )
    reported_number = serializers.CharField(
        required=False, allow_blank=True, max_length=40, default=""
    )
    reported_on = DayField(required=False)
