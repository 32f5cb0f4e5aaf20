"""Enquiries over REST: list, detail, ask, write, by the services of the pages."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import SEEN, SIZE, WRITE, enquiry_of, made_status, whole
from marketplace.enquiries.forms import AskForm, WriteForm
from marketplace.enquiries.policies import principals_once, sides
from marketplace.enquiries.queries.inbox import MINE, THEIRS, Asked
from marketplace.enquiries.serializers import (
    AskWrite,
    EnquiryDetail,
    EnquiryRead,
    MessageWrite,
)
from marketplace.enquiries.workflow import Status
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.kernel.unreadable import readable
from marketplace.listings.filters import CHOOSE_OWNER
from marketplace.listings.kind import ListingKind, kinds
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
    TEXT,
    once_ticket,
    read_choice,
    read_number,
    read_parameters,
    read_text,
    seen_rev,
    stale_problem,
)
from marketplace.web.rest_parts import KEY, PAGE_PARAMETER
from marketplace.web.throttle import check as spend


class EnquiryCollection(APIView):
    """调用方各单位提出和收到的咨询。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(
        operation_id="enquiry_list",
        parameters=[
            OpenApiParameter("turn", str, enum=[MINE, THEIRS], description="等我方或等对方答复"),
            OpenApiParameter("kind", str, description="信息种类"),
            OpenApiParameter("status", str, enum=list(Status.values)),
            OpenApiParameter("listing", str, description="信息编号"),
            OpenApiParameter("q", TEXT, description="标题或单位"),
            PAGE_PARAMETER,
        ],
        responses=EnquiryRead(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest message first, filtered as on the page; 20 rows."""
        asked = read_parameters(request, "turn", "kind", "status", "listing", "q", "page")
        page = read_number(asked, "page", most=MOST_PAGES, default=1)
        rows = queries.inbox(
            request.user,
            Asked(
                turn=read_choice(asked, "turn", [MINE, THEIRS]),
                kind=read_choice(asked, "kind", [kind.name for kind in kinds()]),
                status=read_choice(asked, "status", Status.values),
                listing=read_text(asked, "listing", most=16),
                words=read_text(asked, "q", most=MOST_TEXT),
            ),
        )
        found = readable(rows[(page - 1) * SIZE : page * SIZE])
        with principals_once():
            return Response(EnquiryRead(found, many=True, context={"request": request}).data)

    @extend_schema(
        operation_id="enquiry_ask",
        parameters=[KEY],
        request=AskWrite,
        responses={200: EnquiryDetail, 201: EnquiryDetail},
    )
    def post(self, request: Request) -> Response:
        """Ask for one of the caller's organisations; a second question goes into the first enquiry."""
        shape = AskWrite(data=request.data)
        shape.is_valid(raise_exception=True)
        values = shape.validated_data
        kind, listing = _listing(request, values)
        askers = services.asking_organizations(request.user, listing)
        if not askers:
            raise Forbidden
        if "asker" in values and values["asker"] not in {row.code for row in askers}:
            raise InvalidInput({"asker": [CHOOSE_OWNER]})
        form = AskForm(values, askers=askers)
        if not form.is_valid():
            raise InvalidInput(form.errors)
        spend(request, "enquiries-ask", per_user="30/h")
        made = once(
            once_ticket(request),
            lambda: services.ask(
                kind,
                listing,
                asker=form.asker_chosen,
                text=form.cleaned_data["text"],
                pool_consent=form.cleaned_data["pool_consent"],
                evidence=queries.evidence_of(request.user, values.get("match", ""), listing),
                actor=request.user,
            ),
            actor=request.user,
        )
        enquiry = enquiry_of(request, made.code)
        return whole(request, enquiry, made_status(made.is_new))


class EnquiryItem(APIView):
    """一条咨询及其往来。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="enquiry_detail", responses=EnquiryDetail)
    def get(self, request: Request, code: str) -> Response:
        """One enquiry; its ETag is the newest message."""
        read_parameters(request)
        enquiry = enquiry_of(request, code)
        return whole(request, enquiry)


class EnquiryMessages(APIView):
    """在一条咨询里写消息。"""

    permission_classes = (IsAuthenticated,)
    #: The schema names 428 and 412: the newest message that was read must be named.
    conditional = True
    once = True

    @extend_schema(
        operation_id="enquiry_write",
        parameters=[SEEN, KEY],
        request=MessageWrite,
        responses={200: EnquiryDetail, 201: EnquiryDetail},
    )
    def post(self, request: Request, code: str) -> Response:
        """Write to the other side; refused when somebody else has written since."""
        enquiry = enquiry_of(request, code, WRITE)
        seen = seen_rev(request)
        try:
            services.check_seen(enquiry, seen, request.user)
            shape = MessageWrite(data=request.data)
            shape.is_valid(raise_exception=True)
            values = shape.validated_data
            form = WriteForm(
                values,
                held=sides(request.user, enquiry),
                is_over=enquiry.is_over,
                takes_files=False,
            )
            if not form.is_valid():
                raise InvalidInput(form.errors)
            spend(request, "enquiries-write", per_user="120/h")
            made = once(
                once_ticket(request),
                lambda: services.write(
                    enquiry,
                    form.cleaned_data["text"],
                    actor=request.user,
                    side=form.cleaned_data.get("side", ""),
                    seen=seen,
                    reason=form.cleaned_data.get("reason", ""),
                    names_checked=values["names_checked"],
                ),
                actor=request.user,
                code=lambda message: str(message.pk),
            )
        except Stale as error:
            newest = queries.newest_message_id(enquiry)
            present = EnquiryDetail(enquiry, context={"request": request}).data
            return stale_problem(request, error, present, newest)
        enquiry = enquiry_of(request, code)
        return whole(request, enquiry, made_status(made.is_new))


def _listing(request: Request, values: dict[str, Any]) -> tuple[ListingKind, Any]:
    """The listing that is named. Raises InvalidInput for an unknown kind, NotVisible."""
    kind = next((one for one in kinds() if one.name == values["kind"]), None)
    if kind is None:
        raise InvalidInput({"kind": [", ".join(one.name for one in kinds())]})
    rows = kind.visible_to(request.user).filter(code=values["listing"])
    listing = rows.first() if is_valid_code(values["listing"]) else None
    if listing is None or not request.user.has_perm(kind.perm("view"), listing):
        raise NotVisible
    return kind, listing
