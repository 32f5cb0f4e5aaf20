"""Grants and the agreement over REST, by the same services as the pages."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.disclosure import queries, services
from marketplace.disclosure.forms import EndForm, GiveForm, ReasonForm
from marketplace.disclosure.models import Grant
from marketplace.disclosure.policies import subject_of_code
from marketplace.disclosure.serializers import (
    AgreementAccept,
    AgreementRead,
    GrantMoveWrite,
    GrantPage,
    GrantRead,
    GrantWrite,
)
from marketplace.disclosure.workflow import GRANT, Status
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.parties import queries as parties
from marketplace.web.rest import (
    MOST_PAGES,
    once_ticket,
    read_choice,
    read_number,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, MOVE, PAGE_PARAMETER
from marketplace.web.views import fetch

SIZE = 20
_STATUS = OpenApiParameter("status", str, enum=Status.values, description="状态")


class GrantApi(APIView):
    """What the views of grants share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, grants: list[Grant]) -> list[dict[str, Any]]:
        """Grants as the caller may see them."""
        pairs = queries.with_subjects(grants)
        context = {
            "request": self.request,
            "subjects": {grant.pk: subject for grant, subject in pairs},
            "named": queries.named_grants(self.request.user, pairs),
        }
        return list(GrantRead(grants, many=True, context=context).data)

    def one(self, code: str) -> Grant:
        """The grant of this code. Raises Http404 for people of neither side."""
        return fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="disclosure.view_grant",
        )


class GrantCollection(GrantApi):
    """Grants of the caller's organisations, given and held; ask for one."""

    #: The schema names 422: the key was used before with another body.
    once = True

    @extend_schema(
        operation_id="grant_list", parameters=[_STATUS, PAGE_PARAMETER], responses=GrantPage
    )
    def get(self, request: Request) -> Response:
        """Grants of both directions, the newest first."""
        asked = read_parameters(request, "status", "page")
        rows = queries.visible_to(request.user)
        if state := read_choice(asked, "status", Status.values):
            rows = rows.filter(status=state)
        pages = Paginator(rows, SIZE)
        number = read_number(asked, "page", most=MOST_PAGES, default=1)
        if number > pages.num_pages:
            raise NotFound
        found = self.shown(list(pages.page(number).object_list))
        return Response(
            {"count": pages.count, "page": number, "pages": pages.num_pages, "results": found}
        )

    @extend_schema(
        operation_id="grant_request",
        parameters=[KEY],
        request=GrantWrite,
        responses={200: GrantRead, 201: GrantRead},
    )
    def post(self, request: Request) -> Response:
        """Ask for a grant of a listing that the caller can see."""
        sent = GrantWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        values = sent.validated_data
        subject = subject_of_code(values["listing"], request.user)
        if subject is None:
            raise InvalidInput({"listing": [_("没有这个编号的信息")]})
        org = _own_organization(request, values.get("organization"))
        made = once(
            once_ticket(request),
            lambda: services.request_grant(subject, org, note=values["note"], actor=request.user),
            actor=request.user,
        )
        grant = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown([grant])[0], grant.rev, status=code)


class GrantItem(GrantApi):
    """One grant."""

    @extend_schema(operation_id="grant_detail", responses=GrantRead)
    def get(self, request: Request, code: str) -> Response:
        """One grant of one of the caller's organisations."""
        read_parameters(request)
        grant = self.one(code)
        return tagged(self.shown([grant])[0], grant.rev)


class GrantMove(GrantApi):
    """Answer a request, change or revoke a grant, withdraw a request."""

    #: The schema names 428 and 412: the version must be named, and must be the present one.
    conditional = True

    @extend_schema(
        operation_id="grant_move",
        parameters=[MATCH, MOVE],
        request=GrantMoveWrite,
        responses=GrantRead,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is one of the grant's `available_actions`."""
        grant = self.one(code)
        found = GRANT.transitions.get(move)
        if found is None or not found.permission:
            raise NotVisible
        if not request.user.has_perm(found.permission, grant):
            raise Forbidden
        rev = seen_rev(request)
        try:
            grant = _made(move, grant, request, rev)
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.shown([present])[0], present.rev)
        grant = self.one(code)
        return tagged(self.shown([grant])[0], grant.rev)


def _made(move: str, grant: Grant, request: Request, rev: Any) -> Grant:
    """Make a move; the forms of the pages judge what was sent."""
    if move == "withdraw":
        return services.withdraw(grant, actor=request.user, rev=rev)
    sent = GrantMoveWrite(data=request.data)
    sent.is_valid(raise_exception=True)
    said = {name: str(value) for name, value in sent.validated_data.items() if value is not False}
    if move in {"decline", "revoke"}:
        reason = _valid(ReasonForm(said))["reason"]
        act = services.decline if move == "decline" else services.revoke
        return act(grant, reason=reason, actor=request.user, rev=rev)
    if move == "prolong":
        until = _valid(EndForm(said))["until"]
        return services.prolong(grant, until=until, actor=request.user, rev=rev)
    values = _valid(GiveForm(said, hides_owner=True))
    return services.give_grant(grant, actor=request.user, rev=rev, **values)


def _valid(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise InvalidInput({name: list(texts) for name, texts in form.errors.items()})
    values: dict[str, Any] = form.cleaned_data
    return values


def _own_organization(request: Request, code: str | None) -> Any:
    """The organisation for which the caller asks; may be left out where there is only one."""
    mine = [row.organization for row in parties.organizations_of(request.user)]
    chosen = mine if code is None else [org for org in mine if org.code == code]
    if len(chosen) != 1:
        raise InvalidInput({"organization": [_("请给出本人所在单位的编号")]})
    return chosen[0]


class AgreementView(APIView):
    """The confidentiality agreement, and its acceptance."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="agreement", responses=AgreementRead)
    def get(self, request: Request) -> Response:
        """The text that holds now."""
        read_parameters(request)
        return Response(self._shown())

    @extend_schema(
        operation_id="agreement_accept", request=AgreementAccept, responses=AgreementRead
    )
    def post(self, request: Request) -> Response:
        """Accept the text for an organisation; 409 when another version holds meanwhile."""
        sent = AgreementAccept(data=request.data)
        sent.is_valid(raise_exception=True)
        org = _own_organization(request, sent.validated_data["organization"])
        text = queries.text_of_version(sent.validated_data["version"])
        if text is None:
            raise InvalidInput({"version": [_("没有这一版协议")]})
        services.accept_agreement(org, text, actor=request.user)
        return Response(self._shown())

    def _shown(self) -> dict[str, Any]:
        text = queries.current_text()
        if text is None:
            raise NotFound
        mine = [row.organization for row in parties.organizations_of(self.request.user)]
        accepted = [org.code for org in mine if queries.acceptance_of(org.pk, text)]
        text.accepted_for = accepted  # type: ignore[attr-defined]
        return dict(AgreementRead(text).data)
