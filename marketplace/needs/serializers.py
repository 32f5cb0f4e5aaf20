"""A need in the API."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from marketplace.listings.serializers import ListingRead, ListingWrite
from marketplace.needs.forms import STEPS
from marketplace.web.serializers import DayField, FigureField, WholeField


class NeedIndicatorData(serializers.Serializer[Any]):
    """One measurable requirement."""

    name = serializers.CharField()
    current = serializers.CharField(required=False, allow_blank=True)
    comparator = serializers.CharField(required=False, default="ge")
    target = FigureField(max_digits=18, decimal_places=6)
    target_high = FigureField(max_digits=18, decimal_places=6, required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True)
    method = serializers.CharField(required=False, allow_blank=True)
    must = serializers.BooleanField(required=False, default=True)


class NeedRead(ListingRead):
    """A need as the public sees it; nothing confidential, no contact."""

    kind = serializers.CharField()
    background = serializers.CharField()
    problem = serializers.CharField()
    content = serializers.CharField()
    basis = serializers.CharField()
    conditions = serializers.CharField()
    intended_partner = serializers.CharField()
    ip_terms = serializers.CharField()
    trl_min = serializers.IntegerField(allow_null=True)
    budget_min = serializers.IntegerField(allow_null=True, help_text="分；null 为面议")
    budget_max = serializers.IntegerField(allow_null=True, help_text="分；null 为面议")
    deadline = serializers.DateField(allow_null=True)
    solved_how = serializers.CharField()
    indicators = NeedIndicatorData(many=True, source="indicators.all")


class NeedWrite(ListingWrite):
    """A new need. Only the title is demanded; submission says what else is missing."""

    steps = STEPS

    owner = serializers.CharField(required=False, help_text="单位编号；只属于一个单位时可省略")
    title = serializers.CharField()
    title_en = serializers.CharField(required=False, allow_blank=True)
    summary = serializers.CharField(required=False, allow_blank=True)
    summary_en = serializers.CharField(required=False, allow_blank=True)
    kind = serializers.CharField(required=False, allow_blank=True)
    industry = serializers.CharField(required=False, allow_blank=True)
    field = serializers.CharField(required=False, allow_blank=True)
    chain = serializers.CharField(required=False, allow_blank=True)
    district = serializers.CharField(required=False, allow_blank=True)
    keywords = serializers.ListField(child=serializers.CharField(), required=False, max_length=8)
    cooperation = serializers.ListField(
        child=serializers.CharField(), required=False, max_length=20
    )
    background = serializers.CharField(required=False, allow_blank=True)
    problem = serializers.CharField(required=False, allow_blank=True)
    content = serializers.CharField(required=False, allow_blank=True)
    basis = serializers.CharField(required=False, allow_blank=True)
    conditions = serializers.CharField(required=False, allow_blank=True)
    intended_partner = serializers.CharField(required=False, allow_blank=True)
    ip_terms = serializers.CharField(required=False, allow_blank=True)
    trl_min = WholeField(required=False, allow_null=True, min_value=1, max_value=9)
    budget_min = WholeField(
        required=False, allow_null=True, min_value=0, max_value=10**13, help_text="分"
    )
    budget_max = WholeField(
        required=False, allow_null=True, min_value=0, max_value=10**13, help_text="分"
    )
    deadline = DayField(required=False, allow_null=True)
    hide_owner = serializers.BooleanField(required=False)
    confidential = serializers.CharField(required=False, allow_blank=True)
    contact_name = serializers.CharField(required=False, allow_blank=True)
    contact_phone = serializers.CharField(required=False, allow_blank=True)
    contact_email = serializers.EmailField(required=False, allow_blank=True)
    contact_route = serializers.CharField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    indicators = NeedIndicatorData(many=True, required=False)

    def form_row(self, related: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """`must` is a yes or no in the form, amounts are plain digits."""
        plain = super().form_row(related, row)
        plain["must"] = "yes" if row.get("must", True) else "no"
        for name in ("target", "target_high"):
            if row.get(name) is not None:
                plain[name] = f"{row[name]:f}"
        return plain
