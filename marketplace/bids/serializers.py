"""A bid in the API, for the bidder alone. Nothing of its content is in it."""

from typing import Any

from rest_framework import serializers

from marketplace.bids.models import Envelope, Receipt
from marketplace.bids.workflow import Status


class BidRead(serializers.Serializer[Any]):
    """One bid; `revision` is the number of its newest envelope, 0 before anything was handed in."""

    code = serializers.CharField()
    rev = serializers.IntegerField()
    tender = serializers.CharField(source="tender.code")
    tender_title = serializers.CharField(source="tender.title")
    lot = serializers.IntegerField(source="lot.number")
    organization = serializers.CharField(source="organization.code")
    status = serializers.ChoiceField(choices=Status.choices, source="status_now")
    revision = serializers.IntegerField()
    deadline = serializers.DateTimeField(source="tender.deadline")
    submitted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class ReceiptRead(serializers.Serializer[Any]):
    """A signed receipt: `raw` is the canonical JSON that was signed and is hashed, `digest` its SHA-256."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Receipt.Kind.choices)
    revision = serializers.IntegerField(source="envelope.revision")
    sealed_by = serializers.ChoiceField(
        choices=Envelope.SealedBy.choices, source="envelope.sealed_by"
    )
    header = serializers.CharField(source="envelope.header_hash")
    terms_rev = serializers.IntegerField()
    at = serializers.DateTimeField()
    digest = serializers.CharField()
    raw = serializers.SerializerMethodField()

    def get_raw(self, row: Receipt) -> str:
        """The receipt as text."""
        return bytes(row.raw).decode()


class BidWhole(BidRead):
    """One bid with its receipts, and what must be done after an amendment."""

    must_confirm = serializers.BooleanField()
    must_seal = serializers.BooleanField()
    receipts = ReceiptRead(many=True)


class BidPage(serializers.Serializer[Any]):
    """A page of bids."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = BidRead(many=True)
