"""A grant and the agreement in the API."""

from typing import Any

from rest_framework import serializers

from marketplace.disclosure.models import Grant
from marketplace.disclosure.workflow import GRANT, Status


class PartyBrief(serializers.Serializer[Any]):
    """One of the two organisations."""

    code = serializers.CharField()
    name = serializers.CharField()


class GrantRead(serializers.Serializer[Any]):
    """A grant as one of its sides sees it. Days as `YYYY-MM-DD`, instants with their offset, +08:00."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    rev = serializers.IntegerField()
    listing = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    organization = PartyBrief()
    note = serializers.CharField()
    reason = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    last_day = serializers.DateField(allow_null=True)
    is_open = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    def get_listing(self, grant: Grant) -> str:
        """The code of the listing; "" when it was deleted."""
        subject = self.context["subjects"].get(grant.pk)
        return subject.code if subject else ""

    def get_title(self, grant: Grant) -> str:
        """The title of the listing."""
        subject = self.context["subjects"].get(grant.pk)
        return subject.title if subject else ""

    def get_owner(self, grant: Grant) -> dict[str, Any] | None:
        """The owner; null where it has not released its name to the caller."""
        named = self.context["named"][grant.pk]
        return dict(PartyBrief(grant.owner).data) if named else None

    def get_is_open(self, grant: Grant) -> bool:
        """Whether the grant runs now. The agreement must be accepted too."""
        return grant.is_running

    def get_available_actions(self, grant: Grant) -> list[str]:
        """The moves that the caller can make now."""
        return [move.name for move in GRANT.available(grant, self.context["request"].user)]


class GrantPage(serializers.Serializer[Any]):
    """One page of grants."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = GrantRead(many=True)


class GrantWrite(serializers.Serializer[Any]):
    """A request: the code of the listing, the organisation that asks, what for."""

    listing = serializers.CharField(max_length=40)
    organization = serializers.CharField(
        max_length=40, required=False, help_text="单位编号；只属于一个单位时可省略"
    )
    note = serializers.CharField()


class GrantMoveWrite(serializers.Serializer[Any]):
    """What is said with a move: `until` with give and prolong, `reason` with decline and revoke."""

    rev = serializers.IntegerField(required=False, help_text="没有 If-Match 时必填")
    until = serializers.DateField(required=False)
    releases_name = serializers.BooleanField(required=False)
    reason = serializers.CharField(required=False)


class AgreementRead(serializers.Serializer[Any]):
    """The text that holds now. `accepted_for` are the caller's organisations that have accepted it."""

    version = serializers.IntegerField()
    effective_at = serializers.DateTimeField()
    title = serializers.CharField()
    body = serializers.CharField()
    title_en = serializers.CharField()
    body_en = serializers.CharField()
    sha256 = serializers.CharField()
    accepted_for = serializers.ListField(child=serializers.CharField())


class AgreementAccept(serializers.Serializer[Any]):
    """Accept the version that was read, for an organisation."""

    version = serializers.IntegerField(min_value=1)
    organization = serializers.CharField(max_length=40)
