"""Results and the work after an award in the API."""

from typing import Any

from rest_framework import serializers

from marketplace.awards.models import DELIVERY_FILES, Result, TaskBook
from marketplace.awards.rulebook import (
    MOST_NOTE,
    MOST_REASON,
    MOST_TEXT,
    Exemption,
    Grade,
    Out,
)
from marketplace.awards.workflow import DeliveryStatus, MilestoneStatus, Status
from marketplace.files.queries import attachments_of
from marketplace.kernel.money import MAX_FEN
from marketplace.publicity.rulebook import MOST_DAYS, MOST_FACT
from marketplace.web.rest_parts import FileRead, file_field


class RankRead(serializers.Serializer[Any]):
    """One line of a ranking with its reasons; name and price (fen) where the caller may know them, else empty."""

    rank = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    total = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True)
    price = serializers.IntegerField(allow_null=True)
    reasons = serializers.CharField()
    is_chosen = serializers.BooleanField()
    is_out = serializers.BooleanField()


class CandidateRead(serializers.Serializer[Any]):
    """A candidate that was made public, and what became of it."""

    number = serializers.IntegerField()
    organization = serializers.CharField(source="entry.organization.code")
    name = serializers.CharField(source="entry.organization.name")
    publicity = serializers.CharField(source="publicity.code")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    contract_due = serializers.DateTimeField(allow_null=True)
    contracted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    out = serializers.ChoiceField(choices=Out.choices, allow_blank=True)
    out_reason = serializers.CharField()


class ResultRead(serializers.Serializer[Any]):
    """The result of a lot in one round of evaluation."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Status.choices)
    tender = serializers.CharField(source="tender.code")
    tender_title = serializers.CharField(source="tender.title")
    lot = serializers.IntegerField(source="lot.number")
    round = serializers.IntegerField()
    panel = serializers.CharField()
    report_hash = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()


class ResultWhole(ResultRead):
    """One result with its ranking and its candidates; where every bid was rejected, with the publicity of that, else ""."""

    publicity = serializers.CharField(source="publicity.code", default="")
    ranking = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()

    def get_ranking(self, _result: Result) -> list[dict[str, Any]]:
        """The lines as the caller may read them."""
        return list(RankRead(self.context["entries"], many=True).data)

    def get_candidates(self, _result: Result) -> list[dict[str, Any]]:
        """Those that were made public."""
        rows = [one for one in self.context["awards"] if one.publicity_id is not None]
        return list(CandidateRead(rows, many=True).data)


class ResultPage(serializers.Serializer[Any]):
    """One page of results."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ResultRead(many=True)


class MilestoneRead(serializers.Serializer[Any]):
    """A milestone of the task book."""

    number = serializers.IntegerField()
    what = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=MilestoneStatus.choices)
    report = serializers.CharField()
    reported_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)


class JudgementRead(serializers.Serializer[Any]):
    """A decision about the whole work."""

    move = serializers.CharField()
    grade = serializers.ChoiceField(choices=Grade.choices, allow_blank=True)
    on = serializers.DateField()
    judges = serializers.CharField()
    reasons = serializers.CharField()


class InspectionRead(serializers.Serializer[Any]):
    """An inspection by the authority."""

    on = serializers.DateField()
    purpose = serializers.CharField()
    findings = serializers.CharField()
    exception = serializers.ChoiceField(choices=Exemption.choices, allow_blank=True)
    exception_note = serializers.CharField()


class DeliveryRead(serializers.Serializer[Any]):
    """The work under the contract of an award."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.ChoiceField(choices=DeliveryStatus.choices)
    tender = serializers.CharField(source="tender.code")
    tender_title = serializers.CharField(source="tender.title")
    lot = serializers.IntegerField(source="lot.number")
    purchaser = serializers.CharField(source="purchaser.code")
    winner = serializers.CharField(source="winner.code")
    contract = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class DeliveryWhole(DeliveryRead):
    """One with its milestones, decisions and inspections."""

    summary = serializers.CharField()
    tried = serializers.CharField()
    spent = serializers.IntegerField(allow_null=True)
    milestones = serializers.SerializerMethodField()
    judgements = serializers.SerializerMethodField()
    inspections = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    def get_files(self, delivery: TaskBook) -> list[dict[str, Any]]:
        """The evidence, in the order in which it came."""
        return list(FileRead(attachments_of(DELIVERY_FILES, delivery.pk), many=True).data)

    def get_milestones(self, delivery: TaskBook) -> list[dict[str, Any]]:
        """In their order."""
        return list(MilestoneRead(delivery.milestones.all(), many=True).data)

    def get_judgements(self, delivery: TaskBook) -> list[dict[str, Any]]:
        """The oldest first."""
        return list(JudgementRead(delivery.judgements.all(), many=True).data)

    def get_inspections(self, delivery: TaskBook) -> list[dict[str, Any]]:
        """The oldest first."""
        return list(InspectionRead(delivery.inspections.all(), many=True).data)


class DeliveryPage(serializers.Serializer[Any]):
    """One page of works."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = DeliveryRead(many=True)


class ResultMoveWrite(serializers.Serializer[Any]):
    """What is said with a move.

    `days`, `contact` and `note` of the publicity with check; `reason` with return, explain, decline, next, again and
    fail; `out` (why the candidate is out) and a `file` of evidence with next, again and fail.
    """

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    days = serializers.IntegerField(required=False, min_value=1, max_value=MOST_DAYS)
    contact = serializers.CharField(required=False, allow_blank=True, max_length=MOST_FACT)
    note = serializers.CharField(required=False, allow_blank=True, max_length=MOST_NOTE)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=MOST_REASON)
    out = serializers.ChoiceField(
        required=False, choices=[one for one in Out.values if one != Out.ROUND]
    )
    file = file_field(help_text="证明材料，与 next、again、fail 一起提交")


class DeliveryMoveWrite(serializers.Serializer[Any]):
    """What is said with a move.

    `milestone` (its number) with report, approve and send-back; `text` with report, submit, claim and inspect; a
    `file` of evidence with report and submit;
    `reasons` with send-back; `on`, `judges`, `reasons` and for an acceptance `grade` with a decision; `spent_fen`
    with claim; `on`, `purpose` and where it is the second of a year `exception` and `exception_note` with inspect.
    """

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    milestone = serializers.IntegerField(required=False, min_value=1, max_value=999)
    text = serializers.CharField(required=False, allow_blank=True, max_length=MOST_TEXT)
    on = serializers.DateField(required=False, allow_null=True)
    judges = serializers.CharField(required=False, allow_blank=True, max_length=300)
    reasons = serializers.CharField(required=False, allow_blank=True, max_length=MOST_TEXT)
    grade = serializers.ChoiceField(required=False, choices=Grade.values)
    spent_fen = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MAX_FEN
    )
    purpose = serializers.CharField(required=False, allow_blank=True, max_length=MOST_REASON)
    exception = serializers.ChoiceField(required=False, choices=Exemption.values)
    exception_note = serializers.CharField(required=False, allow_blank=True, max_length=MOST_REASON)
    file = file_field(help_text="证明材料，与 report、submit 一起提交")
