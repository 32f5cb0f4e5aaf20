"""A message to a broker as such, over REST."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.brokerage import queries
from marketplace.brokerage.services import requests
from marketplace.journal.once import once
from marketplace.web.rest import once_ticket
from marketplace.web.rest_parts import KEY
from marketplace.web.throttle import check as spend
from marketplace.web.views import fetch


class MessageToBroker(serializers.Serializer[Any]):
    """The text, and by which confirmed contact of the caller the broker may answer."""

    text = serializers.CharField(max_length=requests.MAX_TEXT)
    reply_by = serializers.ChoiceField(choices=["email", "phone"], help_text="本人已验证的联系方式")
    consent = serializers.BooleanField(
        help_text="同意把联系方式、姓名和所在单位提供给这位经纪人，必须为 true"
    )


class MessageSent(serializers.Serializer[Any]):
    """What the sender keeps of it."""

    code = serializers.CharField()


class BrokerMessages(APIView):
    """给技术经纪人留言。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="broker_write",
        parameters=[KEY],
        request=MessageToBroker,
        responses={200: MessageSent, 201: MessageSent},
    )
    def post(self, request: Request, code: str) -> Response:
        """Write to the broker of this code, who answers by the contact that was named."""
        broker = fetch(
            queries.entered_brokers(),
            code,
            actor=request.user,
            view="brokerage.view_broker",
            action="brokerage.write_to_broker",
        )
        sent = MessageToBroker(data=request.data)
        sent.is_valid(raise_exception=True)
        spend(request, "brokerage-write", per_user="20/d")
        made = once(
            once_ticket(request),
            lambda: requests.write_to_broker(broker, actor=request.user, **sent.validated_data),
            actor=request.user,
        )
        answer = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return Response({"code": made.code}, status=answer)
