"""A thread over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.threads.queries import thread_of


class FactRead(serializers.Serializer[Any]):
    """One line of a record, in the caller's language."""

    name = serializers.CharField(source="label")
    value = serializers.CharField()


class ThreadFileRead(serializers.Serializer[Any]):
    """A file that the caller may open."""

    code = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class PieceRead(serializers.Serializer[Any]):
    """One record of a stage. `day` is in Asia/Shanghai, null while the stage is not reached by it."""

    code = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    facts = FactRead(many=True)
    files = ThreadFileRead(many=True)


class StageRead(serializers.Serializer[Any]):
    """One stage with its records, oldest first."""

    name = serializers.CharField()
    title = serializers.CharField(source="label")
    is_gap = serializers.BooleanField(help_text="后面的环节已有记录，而这一环节没有")
    is_skipped = serializers.BooleanField(help_text="并非每一单都经过的环节，这一单没有记录")
    day = serializers.DateField(allow_null=True)
    days = serializers.IntegerField(allow_null=True, help_text="距上一环节的天数")
    pieces = PieceRead(many=True)


class ThreadRead(serializers.Serializer[Any]):
    """One undertaking from its listing to the counted yuan."""

    code = serializers.CharField()
    title = serializers.CharField()
    is_sample = serializers.BooleanField()
    stages = StageRead(many=True)


class ThreadDetail(APIView):
    """一事一档。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="thread_detail", responses=ThreadRead)
    def get(self, request: Request, code: str) -> Response:
        """All stages of an enquiry or a contract that the caller may see."""
        return Response(ThreadRead(thread_of(request.user, code)).data)
