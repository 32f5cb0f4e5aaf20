"""A custodian in the API."""

from typing import Any

from rest_framework import serializers

from marketplace.custody.models import Custodian
from marketplace.custody.workflow import Status


class KeeperOrganization(serializers.Serializer[Any]):
    """The organisation in whose name a key is kept."""

    code = serializers.CharField()
    name = serializers.CharField()


class CustodianRead(serializers.Serializer[Any]):
    """A custodian with the public part of the live key. Instants carry their offset, +08:00."""

    code = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    kind = serializers.ChoiceField(choices=Custodian.Kind.choices)
    rev = serializers.IntegerField()
    organization = KeeperOrganization()
    name = serializers.CharField(source="person.get_full_name")
    key = serializers.SerializerMethodField()
    public = serializers.SerializerMethodField()
    wrong = serializers.SerializerMethodField()

    def get_key(self, row: Custodian) -> str:
        """The name of the live key, or ""."""
        found = self.context["keys"].get(row.pk)
        return found.key if found else ""

    def get_public(self, row: Custodian) -> str:
        """The 65 public bytes of the live key in base64url, or ""."""
        found = self.context["keys"].get(row.pk)
        return str(found.record["public"]) if found else ""

    def get_wrong(self, row: Custodian) -> list[str]:
        """Why the person may not keep keys today."""
        return [str(reason) for reason in self.context["unfit"][row.pk]]


class CustodianPage(serializers.Serializer[Any]):
    """One page of custodians."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = CustodianRead(many=True)
