"""Matches as the API gives them."""

from typing import Any

from django.urls import reverse

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.matching.models import Match
from marketplace.matching.rulebook.phrases import render


class ListingBrief(serializers.Serializer[Any]):
    """One side of a match."""

    code = serializers.CharField()
    title = serializers.CharField()


class MatchRow(serializers.Serializer[Any]):
    """One compared thing. `kind`: yes, part, no, unknown; unknown rows do not count."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name of the row in the API
    wanted = serializers.CharField()
    offered = serializers.CharField()
    verdict = serializers.CharField()
    kind = serializers.ChoiceField(choices=["yes", "part", "no", "unknown"])
    weight = serializers.FloatField()
    credit = serializers.FloatField()
    must = serializers.BooleanField()


class MatchRead(serializers.Serializer[Any]):
    """A match with the rows that explain it, worded in the language asked for."""

    code = serializers.CharField()
    score = serializers.IntegerField()
    text_only = serializers.SerializerMethodField()
    weights_version = serializers.CharField()
    computed_at = serializers.DateTimeField()
    need = ListingBrief()
    achievement = ListingBrief()
    rows = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_text_only(self, match: Match) -> bool:
        """Whether nothing but texts could be compared: then the score only orders."""
        return bool(match.evidence.get("text_only", False))

    @extend_schema_field(MatchRow(many=True))
    def get_rows(self, match: Match) -> list[dict[str, Any]]:
        """The comparison, row by row."""
        return [
            {
                "key": row["key"],
                "label": render(row["label"]),
                "wanted": render(row["wanted"]),
                "offered": render(row["offered"]),
                "verdict": render(row["words"]),
                "kind": row["kind"],
                "weight": row["weight"],
                "credit": row["credit"],
                "must": row["must"],
            }
            for row in match.rows
        ]

    def get_url(self, match: Match) -> str:
        """The page with the matches of the need."""
        return str(reverse("matching:for_need", args=[match.need.code]))
