"""Contacts that officers and brokers log for firms, over REST."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.enquiries import queries, services
from marketplace.enquiries.api.common import made_status, one_page
from marketplace.enquiries.models import LoggedContact
from marketplace.enquiries.serializers import ContactRead, ContactWrite, ReplyWrite
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, Stale
from marketplace.listings.filters import NO_SUCH_OWNER
from marketplace.listings.kind import kinds
from marketplace.parties import queries as parties
from marketplace.parties.models import Organization
from marketplace.web.rest import once_ticket, read_parameters, seen_rev, stale_problem, tagged
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER
from marketplace.web.throttle import check as spend
from marketplace.web.views import fetch


def _contact_of(request: Request, code: str, action: str | None = None) -> LoggedContact:
    rows = queries.contacts_visible_to(request.user)
    return fetch(rows, code, actor=request.user, view="enquiries.view_contact", action=action)


class ContactCollection(APIView):
    """代单位登记的联系。"""

    permission_classes = (IsAuthenticated,)
    once = True

    @extend_schema(
        operation_id="contact_list", parameters=[PAGE_PARAMETER], responses=ContactRead(many=True)
    )
    def get(self, request: Request) -> Response:
        """What was logged for the caller's firms or by the caller, newest first; 20 rows."""
        asked = read_parameters(request, "page")
        return one_page(request, asked, queries.contacts_visible_to(request.user), ContactRead)

    @extend_schema(
        operation_id="contact_log",
        parameters=[KEY],
        request=ContactWrite,
        responses={200: ContactRead, 201: ContactRead},
    )
    def post(self, request: Request) -> Response:
        """Log a call, a visit or a talk. The link for the firm goes to the firm's own address."""
        sent = ContactWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        firm = _firm(request, values.pop("firm"))
        kind, listing = _listing(request, values.pop("listing"), firm)
        enquiry = _enquiry(request, values.pop("enquiry"))
        spend(request, "enquiries-contact", per_user="60/h")
        made = once(
            once_ticket(request),
            lambda: services.log_contact(
                firm, actor=request.user, kind=kind, listing=listing, enquiry=enquiry, **values
            ),
            actor=request.user,
        )
        contact = _contact_of(request, made.code)
        body = ContactRead(contact, context={"request": request}).data
        return tagged(body, contact.rev, status=made_status(made.is_new))


class ContactItem(APIView):
    """一条代为登记的联系。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="contact_detail", responses=ContactRead)
    def get(self, request: Request, code: str) -> Response:
        """One record."""
        read_parameters(request)
        contact = _contact_of(request, code)
        return tagged(ContactRead(contact, context={"request": request}).data, contact.rev)


class ContactReply(APIView):
    """单位确认或不认可为它登记的联系。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="contact_reply",
        parameters=[MATCH],
        request=ReplyWrite,
        responses=ContactRead,
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirm or dispute it for the firm."""
        contact = _contact_of(request, code, "enquiries.answer_contact")
        rev = seen_rev(request)
        sent = ReplyWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            services.answer_contact(
                contact, reply=sent.validated_data["reply"], actor=request.user, rev=rev
            )
        except Stale as error:
            now = _contact_of(request, code)
            present = ContactRead(now, context={"request": request}).data
            return stale_problem(request, error, present, now.rev)
        now = _contact_of(request, code)
        return tagged(ContactRead(now, context={"request": request}).data, now.rev)


def _firm(request: Request, code: str) -> Organization:
    """The firm that is named. Raises InvalidInput for an unknown one, Forbidden for one not served."""
    rows = parties.visible_to(request.user)
    firm = rows.filter(code=code).first() if is_valid_code(code) else None
    if firm is None:
        raise InvalidInput({"firm": [NO_SUCH_OWNER]})
    if not request.user.has_perm("enquiries.log_for_organization", firm):
        raise Forbidden
    return firm


def _listing(request: Request, code: str, firm: Organization) -> tuple[Any, Any]:
    """The listing of the firm with its kind; none for "". Raises InvalidInput."""
    if not code:
        return None, None
    for kind in kinds():
        if is_valid_code(code) and code.startswith(kind.prefix):
            rows = kind.visible_to(request.user).filter(code=code, owner_id=firm.pk)
            if listing := rows.first():
                return kind, listing
    raise InvalidInput({"listing": [_("这条信息不是该单位发布的")]})


def _enquiry(request: Request, code: str) -> Any:
    """The enquiry that is named; None for "". Raises InvalidInput."""
    if not code:
        return None
    enquiry = queries.enquiry_to_log(request.user, code) if is_valid_code(code) else None
    if enquiry is None:
        raise InvalidInput({"enquiry": [_("这条咨询不是该单位的")]})
    return enquiry
