"""What the API shows of brokers."""

from typing import Any

from rest_framework import serializers

from marketplace.brokerage import queries, rulebook
from marketplace.brokerage.models import Broker
from marketplace.brokerage.workflow import BROKER


class CertificateRead(serializers.Serializer[Any]):
    """A checked certificate that the broker agreed to publish."""

    scheme = serializers.CharField()
    level = serializers.CharField()
    title = serializers.CharField(source="label")
    issuer = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    is_expired = serializers.BooleanField()
    number = serializers.CharField()


class RecordRead(serializers.Serializer[Any]):
    """How often the record names the broker."""

    introductions = serializers.IntegerField()
    intents = serializers.IntegerField()
    contracts = serializers.IntegerField()


class BrokerRead(serializers.Serializer[Any]):
    """A broker as anybody sees one; contacts only for callers who are signed in."""

    code = serializers.CharField(source="broker.code")
    name = serializers.CharField(source="broker.name")
    name_en = serializers.CharField(source="broker.name_en")
    introduction = serializers.CharField(source="broker.introduction")
    introduction_en = serializers.CharField(source="broker.introduction_en")
    fields_ = serializers.ListField(source="broker.fields", child=serializers.CharField())
    industries = serializers.ListField(source="broker.industries", child=serializers.CharField())
    districts = serializers.ListField(source="broker.districts", child=serializers.CharField())
    languages = serializers.ListField(source="broker.languages", child=serializers.CharField())
    organization = serializers.SerializerMethodField()
    level = serializers.CharField()
    certificates = CertificateRead(many=True)
    phone = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    entered_at = serializers.DateTimeField(source="broker.entered_at")
    record = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name of DRF's own, so the column has another one until here."""
        found = super().get_fields()
        return {("fields" if name == "fields_" else name): one for name, one in found.items()}

    def get_organization(self, face: queries.Face) -> str:
        """The name of the organisation or unit, when it is published."""
        return face.where

    def get_phone(self, face: queries.Face) -> str:
        """Empty for visitors and without consent."""
        return face.phone if self._is_signed_in() else ""

    def get_email(self, face: queries.Face) -> str:
        """Empty for visitors and without consent."""
        return face.email if self._is_signed_in() else ""

    def get_record(self, face: queries.Face) -> dict[str, int]:
        """Counts of what the record proves."""
        records = self.context["records"]
        return dict(RecordRead(records[face.broker.pk]).data)

    def _is_signed_in(self) -> bool:
        return bool(self.context["request"].user.is_authenticated)


class OwnEntryRead(serializers.Serializer[Any]):
    """One's own entry: state, what is missing, and the moves that are possible now."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    status = serializers.CharField()
    name = serializers.CharField()
    consents = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    remark = serializers.CharField()
    available_actions = serializers.SerializerMethodField()

    def get_consents(self, broker: Broker) -> list[str]:
        """Items of the consents that were given."""
        return list(broker.consents)

    def get_missing(self, broker: Broker) -> dict[str, list[str]]:
        """What the application lacks, by field."""
        return {
            name: [str(text) for text in texts]
            for name, texts in queries.missing_of(broker).items()
        }

    def get_reasons(self, broker: Broker) -> list[str]:
        """Why it was returned, refused or removed, in words."""
        return [str(label) for label in rulebook.reason_labels(broker.reasons)]

    def get_available_actions(self, broker: Broker) -> list[str]:
        """Names of the moves that the caller can make."""
        user = self.context["request"].user
        return [move.name for move in BROKER.available(broker, user)]
