"""A decision in the API."""

from typing import Any

from rest_framework import serializers

from marketplace.exclusions.models import Decision
from marketplace.exclusions.policies import READERS
from marketplace.exclusions.rulebook import SCOPES, VERSION
from marketplace.exclusions.services import Content
from marketplace.parties.policies import access_of

_SCOPES = [one.name for one in SCOPES[VERSION]]


class DecisionRead(serializers.Serializer[Any]):
    """A decision of a competent body as the caller may see it. Instants carry their offset, +08:00, [starts_at, ends_at)."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Decision.Kind.choices)
    name = serializers.CharField()
    uscc = serializers.CharField()
    note = serializers.SerializerMethodField()
    body = serializers.CharField()
    number = serializers.CharField()
    decided_on = serializers.DateField()
    scopes = serializers.ListField(child=serializers.CharField())
    scope_version = serializers.IntegerField()
    areas = serializers.ListField(child=serializers.CharField())
    industries = serializers.ListField(child=serializers.CharField(), source="fields")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    link = serializers.CharField(source="source")
    state = serializers.ChoiceField(choices=Decision.State.choices)
    lifted_at = serializers.DateTimeField(allow_null=True)
    lift_number = serializers.CharField()
    lift_source = serializers.CharField()

    def get_note(self, row: Decision) -> str:
        """How the person is recognised: for those who keep or oversee the register, "" for others."""
        access = access_of(self.context["request"].user)
        return row.note if access.has(*READERS) else ""


class DecisionPage(serializers.Serializer[Any]):
    """One page of decisions."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = DecisionRead(many=True)


class DecisionWrite(serializers.Serializer[Any]):
    """What a decision says. `last_on` is the last day on which it holds; left out where no end is named."""

    kind = serializers.ChoiceField(choices=Decision.Kind.choices)
    name = serializers.CharField(max_length=120)
    uscc = serializers.CharField(max_length=40, required=False, allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)
    account = serializers.CharField(max_length=254, required=False, allow_blank=True)
    body = serializers.CharField(max_length=120)
    number = serializers.CharField(max_length=80)
    decided_on = serializers.DateField()
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=_SCOPES), min_length=1, max_length=len(_SCOPES)
    )
    areas = serializers.ListField(
        child=serializers.CharField(max_length=6), max_length=40, required=False
    )
    industries = serializers.ListField(
        child=serializers.CharField(max_length=8), max_length=40, required=False
    )
    starts_on = serializers.DateField()
    last_on = serializers.DateField(required=False, allow_null=True)
    link = serializers.CharField(max_length=500)

    @property
    def content(self) -> Content:
        """What was sent, for the service."""
        held = dict(self.validated_data)
        fields, link = held.pop("industries", []), held.pop("link")
        return Content(**held, fields=fields, source=link)


class DecisionMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `number`, `lifted_on` and `link` with lift, `reason` with void."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    number = serializers.CharField(max_length=80, required=False, allow_blank=True)
    lifted_on = serializers.DateField(required=False, allow_null=True)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class DecisionCorrection(DecisionWrite):
    """The whole of what the document says, with the reason of the correction.

    `last_on` is null where no end is named. `account` cannot be read here: left out, it stays, and "" unties it.
    """

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    reason = serializers.CharField(max_length=500)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    last_on = serializers.DateField(allow_null=True)

    def content_for(self, account: str) -> Content:
        """What was sent, for the service; `account` is what is tied to the row now."""
        held: dict[str, Any] = {"account": account, **self.validated_data}
        for other in ("rev", "reason"):
            held.pop(other, None)
        fields, link = held.pop("industries", []), held.pop("link")
        return Content(**held, fields=fields, source=link)
