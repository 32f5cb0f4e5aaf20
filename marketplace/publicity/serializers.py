"""A publicity and an objection in the API."""

from typing import Any

from rest_framework import serializers

from marketplace.publicity.models import Objection, Publicity
from marketplace.publicity.rulebook import FACTS, MOST_BODY, MOST_FACT, MOST_TEXT, MOST_TITLE
from marketplace.publicity.workflow import OBJECTION, PUBLICITY, ObjectionStatus, Status
from marketplace.web.rest_parts import FileRead, file_field


class PublisherBrief(serializers.Serializer[Any]):
    """The organisation that publishes."""

    code = serializers.CharField()
    name = serializers.CharField()


class PublicObjection(serializers.Serializer[Any]):
    """An objection as everybody learns of it. The objector is not named. Instants carry their offset, +08:00."""

    status = serializers.ChoiceField(choices=ObjectionStatus.choices)
    ground = serializers.ChoiceField(choices=Objection.Ground.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    filed_at = serializers.DateTimeField(allow_null=True)
    ruling = serializers.CharField()
    ruled_at = serializers.DateTimeField(allow_null=True)
    remedy = serializers.CharField()


class PublicityRead(serializers.Serializer[Any]):
    """A publicity. Instants carry their offset, +08:00; `days` are working days where `working`."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices, source="status_now")
    rev = serializers.IntegerField()
    owner = PublisherBrief()
    rule = serializers.CharField()
    rule_version = serializers.IntegerField()
    days = serializers.IntegerField()
    working = serializers.BooleanField(source="ruled_by.working")
    title = serializers.CharField()
    body = serializers.CharField()
    facts = serializers.DictField(child=serializers.CharField())
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    first_ends_at = serializers.DateTimeField(allow_null=True)
    suspended_at = serializers.DateTimeField(allow_null=True)
    suspended_for = serializers.CharField()
    cancel_reason = serializers.CharField()
    available_actions = serializers.SerializerMethodField()

    def get_available_actions(self, publicity: Publicity) -> list[str]:
        """The moves that the caller can make now."""
        user = self.context["request"].user
        return [move.name for move in PUBLICITY.available(publicity, user)]


class PublicityWhole(PublicityRead):
    """One publicity with its objections as everybody learns of them."""

    objections = serializers.SerializerMethodField()

    def get_objections(self, publicity: Publicity) -> list[dict[str, Any]]:
        """Ground, state, answer and ruling of each; no name."""
        rows = self.context["objections"][publicity.pk]
        return list(PublicObjection(rows, many=True).data)


class PublicityPage(serializers.Serializer[Any]):
    """One page of publicities."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = PublicityRead(many=True)


class PublicityWrite(serializers.Serializer[Any]):
    """A draft: in whose name, by which rule, how long, and what it says."""

    organization = serializers.CharField(
        max_length=40, required=False, help_text="单位编号；只属于一个单位时可省略"
    )
    rule = serializers.CharField(max_length=20, help_text="agreed_price、award 或 general")
    days = serializers.IntegerField(min_value=1, max_value=90)
    title = serializers.CharField(max_length=MOST_TITLE)
    body = serializers.CharField(max_length=MOST_BODY, required=False, allow_blank=True)
    facts = serializers.DictField(
        child=serializers.CharField(max_length=MOST_FACT, allow_blank=True),
        required=False,
        help_text="、".join(FACTS),
    )


class PublicityMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `days` and `reason` with prolong, `reason` with cancel, suspend and resume."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    days = serializers.IntegerField(required=False, min_value=1, max_value=90)
    reason = serializers.CharField(required=False, max_length=500)


class ObjectionRead(PublicObjection):
    """An objection as objector, publisher's approvers and the authority see it."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    publicity = serializers.CharField(source="publicity.code")
    title = serializers.CharField(source="publicity.title")
    organization = PublisherBrief()
    interest = serializers.CharField()
    text = serializers.CharField()
    answer_due = serializers.DateTimeField(allow_null=True)
    complain_until = serializers.DateTimeField(allow_null=True)
    complaint = serializers.CharField()
    admit_due = serializers.DateTimeField(allow_null=True)
    rule_due = serializers.DateTimeField(allow_null=True)
    files = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_files(self, objection: Objection) -> list[dict[str, Any]]:
        """The papers that came with it."""
        return list(FileRead(self.context["files"][objection.pk], many=True).data)

    def get_available_actions(self, objection: Objection) -> list[str]:
        """The moves that the caller can make now."""
        user = self.context["request"].user
        return [move.name for move in OBJECTION.available(objection, user)]


class ObjectionPage(serializers.Serializer[Any]):
    """One page of objections."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ObjectionRead(many=True)


class ObjectionWrite(serializers.Serializer[Any]):
    """A draft of an objection: to which publicity, in whose name, why."""

    publicity = serializers.CharField(max_length=40, help_text="公示编号")
    organization = serializers.CharField(
        max_length=40, required=False, help_text="单位编号；只属于一个单位时可省略"
    )
    ground = serializers.ChoiceField(choices=Objection.Ground.choices)
    interest = serializers.CharField(max_length=MOST_FACT)
    text = serializers.CharField(max_length=MOST_TEXT)
    file = file_field(help_text="证明材料")


class ObjectionMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `text` with every one but submit, withdraw, admit and remedy."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    text = serializers.CharField(required=False, max_length=MOST_TEXT)
