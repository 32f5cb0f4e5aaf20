"""Panels, scores and the own entry of an expert in the API. No other member is named."""

from typing import Any

from rest_framework import serializers

from marketplace.evaluation.models import Expert, Panel, Sheet
from marketplace.evaluation.workflow import ExpertStatus, PanelStatus


class PanelRead(serializers.Serializer[Any]):
    """A panel without names. Instants in UTC; `seed` and `pool` are "" and empty before the award."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=PanelStatus.choices)
    kind = serializers.ChoiceField(choices=Panel.Kind.choices)
    rev = serializers.IntegerField()
    tender = serializers.CharField(source="lot.tender.code")
    lot = serializers.IntegerField(source="lot.number")
    round = serializers.IntegerField()
    size = serializers.IntegerField()
    seed_hash = serializers.CharField()
    pool_hash = serializers.CharField()
    prepared_at = serializers.DateTimeField()
    drawn_at = serializers.DateTimeField(allow_null=True)
    report_hash = serializers.CharField()
    seats = serializers.SerializerMethodField()

    def get_seats(self, row: Panel) -> dict[str, int]:
        """How many seats are in which state."""
        found: dict[str, int] = self.context["progress"].get(row.pk, {})
        return found


class PanelPage(serializers.Serializer[Any]):
    """One page of panels."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = PanelRead(many=True)


class ScoreRead(serializers.Serializer[Any]):
    """The points of one criterion."""

    criterion = serializers.IntegerField(source="criterion.number")
    points = serializers.DecimalField(max_digits=5, decimal_places=2)
    comment = serializers.CharField()


class SheetRead(serializers.Serializer[Any]):
    """What one member gave one bid; `member` is the number of the seat."""

    member = serializers.IntegerField(source="seat.number")
    bid = serializers.CharField(source="bid.code")
    rev = serializers.IntegerField()
    saved_at = serializers.DateTimeField(allow_null=True)
    scores = ScoreRead(many=True)


class SheetPage(serializers.Serializer[Any]):
    """The sheets of a panel that the caller may read: a panel has few enough for one page."""

    count = serializers.IntegerField()
    results = SheetRead(many=True)

    def to_representation(self, rows: list[Sheet]) -> dict[str, Any]:
        return {"count": len(rows), "results": SheetRead(rows, many=True).data}


class InstitutionRead(serializers.Serializer[Any]):
    """An organisation as the expert names it."""

    name = serializers.CharField()
    uscc = serializers.CharField()


class EmploymentRead(InstitutionRead):
    """Where the expert works or worked; days in Asia/Shanghai, `until` null for today's."""

    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)


class ExpertRead(serializers.Serializer[Any]):
    """The own entry of an expert."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=ExpertStatus.choices)
    rev = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    work = serializers.SerializerMethodField()
    employments = EmploymentRead(many=True)
    exclusions = InstitutionRead(many=True)
    reason = serializers.CharField()
    suspended_until = serializers.DateTimeField(allow_null=True)

    def get_work(self, row: Expert) -> list[str]:
        """The codes of the fields of work."""
        return [one.term for one in row.fields.all()]
