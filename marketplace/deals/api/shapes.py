"""Contracts as the API gives and takes them. Amounts are fen, days are days in Shanghai."""

from typing import Any

from rest_framework import serializers

from marketplace.deals import queries
from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONTRACT
from marketplace.kernel.money import MAX_FEN


def money(**more: Any) -> serializers.IntegerField:
    """An amount in fen."""
    return serializers.IntegerField(min_value=0, max_value=MAX_FEN, **more)


class RevWrite(serializers.Serializer[Any]):
    """An act on the state that was seen."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")


class ContractWrite(serializers.Serializer[Any]):
    """Begins a contract: from an agreed intent, or with a title for an organisation of one's own."""

    intent = serializers.CharField(max_length=16, required=False, help_text="已达成意向的编号")
    organization = serializers.CharField(max_length=16, required=False, help_text="本单位编号")
    title = serializers.CharField(max_length=200, required=False)
    side = serializers.ChoiceField(choices=["seller", "buyer"], required=False)


class SectionWrite(RevWrite):
    """The values of one section, as the section's form has them; columns left out keep their value."""

    values = serializers.DictField(help_text="该部分的字段；金额以分计，日期为 YYYY-MM-DD")


class ActWrite(RevWrite):
    """An act with what it needs: a reason, a day, an amount, the hash of the text."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    ended_on = serializers.DateField(required=False, allow_null=True, default=None)
    amount_performed_fen = money(required=False, allow_null=True, default=None)
    sha256 = serializers.CharField(max_length=64, required=False, default="")


class OriginWrite(RevWrite):
    """The record that a contract came from."""

    kind = serializers.ChoiceField(choices=["needs", "achievements", "intents"])
    record = serializers.CharField(max_length=16, help_text="需求、成果或意向的编号")


class OriginRead(serializers.Serializer[Any]):
    """A record that an imported contract may have come from."""

    kind = serializers.CharField(help_text="needs 需求、achievements 成果、intents 意向")
    record = serializers.CharField(source="record_code")
    score = serializers.IntegerField(help_text="相近程度，0 至 100")
    reasons = serializers.JSONField()


class PartyRead(serializers.Serializer[Any]):
    """One party."""

    side = serializers.CharField()
    position = serializers.IntegerField()
    organization = serializers.CharField(source="organization_code", help_text="平台外为空")
    name = serializers.CharField()
    identity = serializers.CharField()
    is_person = serializers.BooleanField()
    nature = serializers.CharField()
    district = serializers.CharField()
    country = serializers.CharField()
    legal_head = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    share_bp = serializers.IntegerField(allow_null=True, help_text="份额，万分之一")


class DeductionRead(serializers.Serializer[Any]):
    """One sum of the worksheet."""

    kind = serializers.CharField()
    amount_fen = serializers.IntegerField()
    note = serializers.CharField()


class InstalmentRead(serializers.Serializer[Any]):
    """One planned payment."""

    position = serializers.IntegerField()
    what = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    amount_fen = serializers.IntegerField()


class ContractRow(serializers.Serializer[Any]):
    """What a list shows, and all that a named broker sees."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    book = serializers.CharField(help_text="city 正式，sample 示例")
    status = serializers.CharField()
    title = serializers.CharField()
    contract_type = serializers.CharField()
    amount_total_fen = serializers.IntegerField(allow_null=True)
    signed_on = serializers.DateField(allow_null=True)
    parties = serializers.SerializerMethodField(help_text="各方名称")

    def get_parties(self, contract: Contract) -> list[dict[str, str]]:
        """Side and name of each party."""
        return [{"side": row.side, "name": row.name} for row in queries.parties_of(contract)]


class ContractPage(serializers.Serializer[Any]):
    """Twenty contracts."""

    count = serializers.IntegerField()
    results = ContractRow(many=True)


class FactsRead(serializers.Serializer[Any]):
    """Everything that the registration form asks for."""

    origin = serializers.CharField()
    subject_text = serializers.CharField()
    acceptance = serializers.JSONField()
    amount_technical_fen = serializers.IntegerField(allow_null=True)
    amount_is_estimate = serializers.BooleanField()
    amount_performed_fen = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    foreign_amount = serializers.IntegerField(allow_null=True)
    rate_text = serializers.CharField()
    rate_on = serializers.DateField(allow_null=True)
    payment_mode = serializers.CharField()
    entry_fee_fen = serializers.IntegerField(allow_null=True)
    royalty_base = serializers.CharField()
    royalty_note = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True, help_text="最后一日，含当日")
    place = serializers.CharField()
    field = serializers.CharField()
    industry = serializers.CharField()
    plan_source = serializers.CharField()
    plan_number = serializers.CharField()
    aim = serializers.CharField()
    ip_kinds = serializers.JSONField()
    ip_numbers = serializers.CharField()
    is_related = serializers.BooleanField()
    is_state_held = serializers.BooleanField()
    is_equity = serializers.BooleanField()
    new_investment_fen = serializers.IntegerField(allow_null=True)
    new_output_fen = serializers.IntegerField(allow_null=True)
    sellers = PartyRead(many=True)
    buyers = PartyRead(many=True)
    brokers = PartyRead(many=True)
    deductions = DeductionRead(many=True)
    instalments = InstalmentRead(many=True)
    flow = serializers.SerializerMethodField(help_text="output 输出、absorb 吸纳、local 本地")
    missing_price_evidence = serializers.BooleanField()
    unnamed_introductions = serializers.JSONField(help_text="应写明而未写明技术经纪人的对接编号")
    final_sha256 = serializers.CharField()

    def get_flow(self, facts: Any) -> list[str]:
        """In a fixed order."""
        return sorted(facts.flow)


class ContractRead(ContractRow):
    """One contract. `facts` is null for a named broker, who sees title, parties, state and amount."""

    facts = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_facts(self, contract: Contract) -> dict[str, Any] | None:
        """The facts of the form, for who reads the whole record."""
        if not self.context["actor"].has_perm("deals.read_contract", contract):
            return None
        return dict(FactsRead(queries.official_facts(contract)).data)

    def get_available_actions(self, contract: Contract) -> list[str]:
        """The moves that the caller can make now."""
        return [move.name for move in CONTRACT.available(contract, self.context["actor"])]
