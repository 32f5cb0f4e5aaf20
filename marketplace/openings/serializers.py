"""Openings in the API: the minutes for those who follow it, opened bids for those who read them."""

from typing import Any

from rest_framework import serializers

from marketplace.openings.models import OpenedBid
from marketplace.openings.rulebook import summary_of
from marketplace.openings.workflow import Outcome, Status


class KeeperLineRead(serializers.Serializer[Any]):
    """A keeper in the minutes."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    code = serializers.CharField()
    came_at = serializers.DateTimeField(allow_null=True)
    was_wrong = serializers.BooleanField()
    absence = serializers.CharField()


class BidLineRead(serializers.Serializer[Any]):
    """A bid in the minutes, by its code; bidder, price (fen) and days where the procedure reads them out."""

    code = serializers.CharField()
    header = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    cause = serializers.CharField()
    disputed = serializers.ListField(child=serializers.CharField())
    revealed = serializers.BooleanField()
    bidder = serializers.CharField()
    price = serializers.IntegerField(allow_null=True)
    days = serializers.IntegerField(allow_null=True)


class LotLineRead(serializers.Serializer[Any]):
    """A lot in the minutes."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    stage = serializers.CharField()
    reason = serializers.CharField()
    count = serializers.IntegerField()
    opened = serializers.IntegerField()
    plan_until = serializers.DateTimeField(
        allow_null=True, help_text="入围方案提交完整方案的截止时间"
    )
    bids = BidLineRead(many=True)


class OpeningRead(serializers.Serializer[Any]):
    """An opening with its minutes."""

    code = serializers.CharField(source="opening.code")
    tender = serializers.CharField(source="opening.tender.code")
    status = serializers.ChoiceField(choices=Status.choices, source="opening.status")
    closed_at = serializers.DateTimeField(allow_null=True)
    begun_at = serializers.DateTimeField(source="opening.begun_at")
    asked_at = serializers.DateTimeField(source="opening.asked_at", allow_null=True)
    opened_at = serializers.DateTimeField(source="opening.opened_at", allow_null=True)
    head = serializers.CharField()
    keepers = KeeperLineRead(many=True)
    lots = LotLineRead(many=True)


class OpenedBidRead(serializers.Serializer[Any]):
    """An opened bid in a list; `price` in fen."""

    code = serializers.CharField(source="bid.code")
    tender = serializers.CharField(source="opening.tender.code")
    lot = serializers.IntegerField(source="lot.number")
    organization = serializers.CharField(source="bid.organization.code")
    organization_name = serializers.CharField(source="bid.organization.name")
    price = serializers.IntegerField(allow_null=True)
    opened_at = serializers.DateTimeField()
    shortlisted_at = serializers.DateTimeField(allow_null=True)
    plan_until = serializers.DateTimeField(
        allow_null=True, help_text="入围方案提交完整方案的截止时间，同一标段相同"
    )


class OpenedFileRead(serializers.Serializer[Any]):
    """A file of an opened bid; `reason` says why it cannot be taken."""

    name = serializers.CharField()
    size = serializers.IntegerField()
    is_ready = serializers.BooleanField()
    reason = serializers.CharField(source="note")


class OpenedBidWhole(OpenedBidRead):
    """An opened bid with its form; without scheme and files where a summary comes first."""

    form = serializers.DictField()
    files = OpenedFileRead(many=True)


class OpenedBidPage(serializers.Serializer[Any]):
    """A page of opened bids."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = OpenedBidRead(many=True)


def whole_bid(row: OpenedBid, lines: list[dict[str, Any]], *, whole: bool) -> dict[str, Any]:
    """The body of one opened bid; `whole`: with scheme and files."""
    shown = dict(OpenedBidRead(row).data)
    shown["form"] = row.form if whole else summary_of(row.form)
    shown["files"] = OpenedFileRead(lines if whole else [], many=True).data
    return shown
