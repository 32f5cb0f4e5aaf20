"""Panels, scores and the own entry of an expert in the API. No other member is named."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.evaluation.models import Expert, Panel, Sheet
from marketplace.evaluation.rulebook import (
    LEAST_DAYS,
    MOST_DAYS,
    MOST_MEMBERS,
    MOST_REASON,
    MOST_TEXT,
)
from marketplace.evaluation.workflow import ExpertStatus, PanelStatus, SeatStatus


class PanelRead(serializers.Serializer[Any]):
    """A panel without names. Instants carry their offset, +08:00; the seed and the pool are told by their hashes alone."""

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


class PanelWrite(serializers.Serializer[Any]):
    """A panel to be formed. `drawn` takes `size`, `fields_of_work` and `own`; `reader` takes the reader's contact."""

    tender = serializers.CharField(max_length=20)
    lot = serializers.IntegerField(min_value=1, max_value=999, default=1)
    kind = serializers.ChoiceField(choices=Panel.Kind.choices)
    size = serializers.IntegerField(min_value=1, max_value=MOST_MEMBERS, default=5)
    fields_of_work = serializers.ListField(
        child=serializers.SlugField(max_length=40), max_length=20, default=list
    )
    own = serializers.ListField(
        child=serializers.CharField(max_length=254), max_length=MOST_MEMBERS, default=list
    )
    reader = serializers.CharField(required=False, max_length=254)


class PanelMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `reason` with dissolve."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(required=False, max_length=MOST_REASON)


class RejectionRead(serializers.Serializer[Any]):
    """A rejection that a member proposed; it holds once another one `is_agreed`."""

    ground = serializers.CharField(help_text="否决理由的代码")
    text = serializers.CharField()
    is_agreed = serializers.BooleanField()


class SeatBidRead(serializers.Serializer[Any]):
    """A bid of the lot as a member sees it; `rev` is that of the own scores, null before the scoring."""

    code = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField())
    rev = serializers.IntegerField(allow_null=True)
    is_scored = serializers.BooleanField()
    rejection = RejectionRead(allow_null=True)


class SeatCriterionRead(serializers.Serializer[Any]):
    """What is scored by hand, from 0 to 100 with two decimals."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    weight = serializers.DecimalField(max_digits=5, decimal_places=2)
    detail = serializers.CharField()


class SeatRead(serializers.Serializer[Any]):
    """The own seat in a panel; `code` and `panel_rev` are the panel's."""

    code = serializers.CharField(source="panel.code")
    status = serializers.ChoiceField(choices=SeatStatus.choices)
    rev = serializers.IntegerField()
    number = serializers.IntegerField()
    panel_status = serializers.ChoiceField(choices=PanelStatus.choices, source="panel.status")
    panel_rev = serializers.IntegerField(source="panel.rev")
    tender = serializers.CharField(source="panel.lot.tender.code")
    title = serializers.CharField(source="panel.lot.tender.title")
    lot = serializers.IntegerField(source="panel.lot.number")
    due_at = serializers.DateTimeField(help_text="答复和声明的截止时刻")
    report_hash = serializers.CharField(source="panel.report_hash")


class SeatWhole(SeatRead):
    """With the bids, once the invitation was accepted, and what is scored."""

    plan_until = serializers.SerializerMethodField()
    bids = serializers.SerializerMethodField()
    criteria = serializers.SerializerMethodField()

    @extend_schema_field(
        serializers.DateTimeField(
            allow_null=True, help_text="此前入围单位还可提交完整方案，不能锁定评分"
        )
    )
    def get_plan_until(self, _row: Any) -> Any:
        """Until when scores cannot be locked, because whole plans may still come in."""
        return (
            serializers.DateTimeField().to_representation(at)
            if (at := self.context["plan_until"])
            else None
        )

    def get_bids(self, _row: Any) -> list[dict[str, Any]]:
        """Names alone before all members have declared."""
        return list(SeatBidRead(self.context["bids"], many=True).data)

    def get_criteria(self, _row: Any) -> list[dict[str, Any]]:
        """The criteria that members give points for; the price is computed."""
        return list(SeatCriterionRead(self.context["criteria"], many=True).data)


class SeatPage(serializers.Serializer[Any]):
    """One page of own seats."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = SeatRead(many=True)


class SeatMoveWrite(serializers.Serializer[Any]):
    """What is said with a move.

    `pledge` (the number of the text that was read) with accept; `conflicts` with declare: for each bid null, or the
    conflict; `reason` with recuse; `panel_rev`, `conclusion` and of a single reader `reasons` with report;
    `report_hash` and `dissent` with sign.
    """

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    pledge = serializers.IntegerField(required=False)
    conflicts = serializers.DictField(
        child=serializers.CharField(allow_null=True, max_length=MOST_REASON), required=False
    )
    reason = serializers.CharField(required=False, max_length=MOST_REASON)
    panel_rev = serializers.IntegerField(required=False)
    conclusion = serializers.CharField(required=False, max_length=MOST_TEXT)
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=MOST_REASON), required=False
    )
    report_hash = serializers.CharField(required=False, max_length=64)
    dissent = serializers.CharField(required=False, allow_blank=True, max_length=MOST_TEXT)


class PointsWrite(serializers.Serializer[Any]):
    """The points of one criterion; "" is not scored yet."""

    criterion = serializers.IntegerField()
    points = serializers.CharField(allow_blank=True, max_length=20)
    comment = serializers.CharField(allow_blank=True, default="", max_length=MOST_TEXT)


class SheetWrite(serializers.Serializer[Any]):
    """The own scores for one bid, all of them together."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    scores = PointsWrite(many=True)


class ExplanationAsk(serializers.Serializer[Any]):
    """A question to a bidder, who does not learn who asks."""

    bid = serializers.CharField(max_length=20)
    text = serializers.CharField(max_length=MOST_TEXT)
    days = serializers.IntegerField(min_value=LEAST_DAYS, max_value=MOST_DAYS, default=3)


class RejectionWrite(serializers.Serializer[Any]):
    """`propose` to reject a bid, with `ground` and `text`; another member's `agree` or `drop`."""

    bid = serializers.CharField(max_length=20)
    act = serializers.ChoiceField(choices=["propose", "agree", "drop"])
    ground = serializers.CharField(required=False, max_length=40, help_text="否决理由的代码")
    text = serializers.CharField(required=False, max_length=MOST_REASON)


class ExplanationRead(serializers.Serializer[Any]):
    """A question of the panel about a bid of the own organisation, with the answer."""

    bid = serializers.CharField(source="bid.code")
    tender = serializers.CharField(source="panel.lot.tender.code")
    text = serializers.CharField(source="question")
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class ExplanationPage(serializers.Serializer[Any]):
    """One page of questions."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ExplanationRead(many=True)


class InstantField(serializers.DateTimeField):
    """An instant. At the edge of the calendar the base class catches what overflows only where an offset is given."""

    def enforce_timezone(self, value: Any) -> Any:
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("overflow")


class ExplanationWrite(serializers.Serializer[Any]):
    """The answer to the question that was asked at `asked_at`."""

    asked_at = InstantField()
    answer = serializers.CharField(max_length=MOST_TEXT)


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
