"""The end of an enquiry over REST, and how it goes on after it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import SEEN, WRITE, enquiry_of, made_status, whole
from marketplace.enquiries.serializers import CloseWrite, EnquiryDetail, ReopenWrite
from marketplace.journal.once import made_before, once
from marketplace.kernel.errors import Refused, Stale
from marketplace.web.rest import once_ticket, seen_rev, stale_problem
from marketplace.web.rest_parts import KEY
from marketplace.web.throttle import check as spend


def _values(shape: Any, request: Request) -> dict[str, Any]:
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return {name: value for name, value in sent.validated_data.items() if name != "rev"}


def _stale(request: Request, error: Stale, code: str) -> Response:
    enquiry = enquiry_of(request, code)
    present = EnquiryDetail(enquiry, context={"request": request}).data
    return stale_problem(request, error, present, queries.newest_message_id(enquiry))


class EnquiryClose(APIView):
    """结束一条咨询。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="enquiry_close",
        parameters=[SEEN],
        request=CloseWrite,
        responses=EnquiryDetail,
    )
    def post(self, request: Request, code: str) -> Response:
        """End it with a reason; refused when somebody else has written since."""
        enquiry = enquiry_of(request, code, "enquiries.close_enquiry")
        seen, values = seen_rev(request), _values(CloseWrite, request)
        try:
            services.close(enquiry, actor=request.user, seen=seen, **values)
        except Stale as error:
            return _stale(request, error, code)
        return whole(request, enquiry_of(request, code))


class EnquiryReopen(APIView):
    """重新开启已结束的咨询。"""

    permission_classes = (IsAuthenticated,)
    conditional = True
    once = True

    @extend_schema(
        operation_id="enquiry_reopen",
        parameters=[SEEN, KEY],
        request=ReopenWrite,
        responses={200: EnquiryDetail, 201: EnquiryDetail},
    )
    def post(self, request: Request, code: str) -> Response:
        """Go on with a closed enquiry: the reason, and the message that it goes on with."""
        enquiry = enquiry_of(request, code, WRITE)
        seen, values = seen_rev(request), _values(ReopenWrite, request)
        ticket = once_ticket(request)
        if not enquiry.is_over and not made_before(ticket, actor=request.user):
            raise Refused(_("这条咨询没有结束，直接写消息即可"))
        spend(request, "enquiries-write", per_user="120/h")
        text = values.pop("text")
        try:
            made = once(
                ticket,
                lambda: services.write(enquiry, text, actor=request.user, seen=seen, **values),
                actor=request.user,
                code=lambda message: str(message.pk),
            )
        except Stale as error:
            return _stale(request, error, code)
        return whole(request, enquiry_of(request, code), made_status(made.is_new))
