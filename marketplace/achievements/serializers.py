"""An achievement in the API."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from marketplace.achievements.forms import STEPS
from marketplace.listings.serializers import ListingRead, ListingWrite
from marketplace.web.serializers import DayField, FigureField, WholeField


def _text(**options: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, **options)


def _fen() -> WholeField:
    return WholeField(
        required=False, allow_null=True, min_value=0, max_value=10**13, help_text="分；null 为面议"
    )


class AchievementIndicatorData(serializers.Serializer[Any]):
    """One proven figure."""

    name = serializers.CharField()
    comparator = serializers.CharField(required=False, default="eq")
    value = FigureField(max_digits=18, decimal_places=6)
    value_high = FigureField(max_digits=18, decimal_places=6, required=False, allow_null=True)
    unit = _text()
    method = _text()
    evidence = _text()


class PatentData(serializers.Serializer[Any]):
    """One right."""

    kind = serializers.CharField()
    number = _text()
    title = _text()
    status = _text()
    holder = _text()
    expires = DayField(required=False, allow_null=True)


class OwnerShareData(serializers.Serializer[Any]):
    """Who owns how many per cent."""

    name = serializers.CharField()
    share = FigureField(max_digits=5, decimal_places=2, required=False, allow_null=True)


class InventorData(serializers.Serializer[Any]):
    """One inventor."""

    name = serializers.CharField()
    title = _text()
    contribution = _text()


class AchievementRead(ListingRead):
    """An achievement as the public sees it; nothing confidential, no contact."""

    innovation = serializers.CharField()
    scenario = serializers.CharField()
    description = serializers.CharField()
    comparison = serializers.CharField()
    attribute = serializers.CharField()
    level = serializers.CharField()
    stage = serializers.CharField()
    trl = serializers.IntegerField(allow_null=True)
    trl_evidence = serializers.CharField()
    has_sample = serializers.BooleanField()
    is_state_owned = serializers.BooleanField()
    pricing_mode = serializers.CharField()
    price_min = serializers.IntegerField(allow_null=True, help_text="分；null 为面议")
    price_max = serializers.IntegerField(allow_null=True, help_text="分；null 为面议")
    evaluation = serializers.CharField()
    proposed_title = serializers.BooleanField()
    transferred_how = serializers.CharField()
    indicators = AchievementIndicatorData(many=True, source="indicators.all")
    patents = PatentData(many=True, source="patents.all")
    owners = OwnerShareData(many=True, source="owners.all")
    inventors = InventorData(many=True, source="inventors.all")


class AchievementWrite(ListingWrite):
    """A new achievement. Only the title is demanded; submission says what else is missing."""

    steps = STEPS

    owner = serializers.CharField(required=False, help_text="单位编号；只属于一个单位时可省略")
    title = serializers.CharField()
    title_en = _text()
    summary = _text()
    summary_en = _text()
    industry = _text()
    field = _text()
    chain = _text()
    district = _text()
    keywords = serializers.ListField(child=serializers.CharField(), required=False, max_length=8)
    cooperation = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=20
    )
    innovation = _text()
    scenario = _text()
    description = _text()
    comparison = _text()
    attribute = _text()
    level = _text()
    stage = _text()
    trl = WholeField(required=False, allow_null=True, min_value=1, max_value=9)
    trl_evidence = _text()
    has_sample = serializers.BooleanField(required=False)
    is_state_owned = serializers.BooleanField(required=False)
    pricing_mode = _text()
    price_min = _fen()
    price_max = _fen()
    evaluation = _text()
    confidential = _text()
    contact_name = _text()
    contact_phone = _text()
    contact_email = serializers.EmailField(required=False, allow_blank=True)
    contact_route = serializers.CharField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    indicators = AchievementIndicatorData(many=True, required=False)
    patents = PatentData(many=True, required=False)
    owners = OwnerShareData(many=True, required=False)
    inventors = InventorData(many=True, required=False)

    def form_row(self, related: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Amounts are plain digits."""
        plain = super().form_row(related, row)
        for name in ("value", "value_high", "share"):
            if row.get(name) is not None:
                plain[name] = f"{row[name]:f}"
        return plain
