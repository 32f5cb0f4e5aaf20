"""Shapes of the API's own answers."""

from typing import Any

from rest_framework import serializers

DEGRADED = "搜索服务暂时不可用，结果可能不全"


class SchemeData(serializers.Serializer[Any]):
    """A code list."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    label_en = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class TermData(serializers.Serializer[Any]):
    """One code with its name in both languages."""

    code = serializers.CharField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    label_en = serializers.SerializerMethodField()
    level = serializers.IntegerField()

    def get_label(self, term: Any) -> str:
        """The Chinese name."""
        return str(term.names[0])

    def get_label_en(self, term: Any) -> str:
        """The English name, empty where there is none."""
        return str(term.names[1])


class OrganizationData(serializers.Serializer[Any]):
    """The public profile of an organisation."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.CharField()
    district = serializers.CharField()
    summary = serializers.CharField()
    website = serializers.CharField()
    is_verified = serializers.BooleanField()
    is_sample = serializers.BooleanField()


class OrganizationPage(serializers.Serializer[Any]):
    """A page of organisations."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OrganizationData(many=True)


class HitData(serializers.Serializer[Any]):
    """One found listing."""

    code = serializers.CharField()
    score = serializers.FloatField()


class SearchData(serializers.Serializer[Any]):
    """What one kind of listing found."""

    kind = serializers.CharField()
    count = serializers.IntegerField()
    loosened = serializers.BooleanField()
    degraded = serializers.BooleanField(help_text=DEGRADED)
    hits = HitData(many=True)


class ProblemError(serializers.Serializer[Any]):
    """What is wrong with one field; an empty name is the whole."""

    field = serializers.CharField()
    message = serializers.CharField()


class ProblemData(serializers.Serializer[Any]):
    """Why the API says no (RFC 9457), in the language asked for."""

    type = serializers.CharField(help_text="这一类问题的固定标识")
    title = serializers.CharField(help_text="给人看的原因")
    status = serializers.IntegerField()
    errors = ProblemError(  # type: ignore[assignment]  # the member's name in RFC 9457's own example
        many=True, required=False, help_text="按字段说明，状态为 400 时"
    )
    present = serializers.DictField(
        required=False, help_text="现在的内容，状态为 409 或 412 而内容已被修改时"
    )
