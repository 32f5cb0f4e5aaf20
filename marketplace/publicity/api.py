"""Publicities and objections over REST, by the same services as the pages."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.files.queries import attachments_for
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Stale
from marketplace.parties import queries as parties
from marketplace.publicity import queries, services
from marketplace.publicity.models import OBJECTION_FILES, Objection, Publicity
from marketplace.publicity.queries.organizations import organization_subject
from marketplace.publicity.serializers import (
    ObjectionMoveWrite,
    ObjectionPage,
    ObjectionRead,
    ObjectionWrite,
    PublicityMoveWrite,
    PublicityPage,
    PublicityRead,
    PublicityWhole,
    PublicityWrite,
)
from marketplace.publicity.services.objections import Claim
from marketplace.publicity.workflow import OBJECTION, PUBLIC, PUBLICITY, ObjectionStatus
from marketplace.web.rest import (
    once_ticket,
    read_choice,
    read_parameters,
    seen_rev,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import (
    FILE_PARSERS,
    KEY,
    MATCH,
    MOVE,
    PAGE_PARAMETER,
    count_upload,
    paged,
    with_file,
)
from marketplace.web.views import fetch

_STATUS = OpenApiParameter("status", str, enum=sorted(PUBLIC), description="状态")
_OBJECTION_STATUS = OpenApiParameter("status", str, enum=ObjectionStatus.values, description="状态")


def _own_organization(request: Request, code: str | None) -> Any:
    """The organisation for which the caller acts; may be left out where there is only one."""
    mine = [row.organization for row in parties.organizations_of(request.user)]
    chosen = mine if code is None else [org for org in mine if org.code == code]
    if len(chosen) != 1:
        raise InvalidInput({"organization": [_("请给出本人所在单位的编号")]})
    return chosen[0]


# --- publicities ------------------------------------------------------------------------------
class PublicityApi(APIView):
    """What the views of publicities share."""

    def shown(self, rows: list[Publicity]) -> list[dict[str, Any]]:
        """Publicities as the caller may see them."""
        return list(PublicityRead(rows, many=True, context={"request": self.request}).data)

    def whole(self, row: Publicity) -> dict[str, Any]:
        """One with its objections as everybody learns of them."""
        found = queries.public_objections(row) if row.is_public else []
        context = {"request": self.request, "objections": {row.pk: found}}
        return dict(PublicityWhole(row, context=context).data)

    def one(self, code: str) -> Publicity:
        """The publicity of this code. Raises Http404 for a draft of others."""
        return fetch(
            queries.visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="publicity.view_publicity",
        )


class PublicityCollection(PublicityApi):
    """公示列表；起草公示。"""

    once = True

    def get_permissions(self) -> list[Any]:
        """Everybody reads; people draft."""
        return [
            AllowAny() if self.request.method in {"GET", "HEAD", "OPTIONS"} else IsAuthenticated()
        ]

    @extend_schema(
        operation_id="publicity_list", parameters=[_STATUS, PAGE_PARAMETER], responses=PublicityPage
    )
    def get(self, request: Request) -> Response:
        """What is public, the newest first."""
        asked = read_parameters(request, "status", "page")
        rows = queries.published()
        if state := read_choice(asked, "status", sorted(PUBLIC)):
            rows = queries.published_in(state, clock.now())
        return paged(rows, asked, self.shown)

    @extend_schema(
        operation_id="publicity_draft",
        parameters=[KEY],
        request=PublicityWrite,
        responses={200: PublicityWhole, 201: PublicityWhole},
    )
    def post(self, request: Request) -> Response:
        """Draft one in the name of an organisation of the caller's."""
        sent = PublicityWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        org = _own_organization(request, held.get("organization"))
        content = services.Content(
            held["rule"], held["days"], held["title"], held.get("body", ""), held.get("facts", {})
        )
        made = once(
            once_ticket(request),
            lambda: services.draft_publicity(
                organization_subject(org), content, actor=request.user
            ),
            actor=request.user,
        )
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.whole(row), row.rev, status=code)


class PublicityItem(PublicityApi):
    """一份公示。"""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="publicity_detail", responses=PublicityWhole)
    def get(self, request: Request, code: str) -> Response:
        """One publicity with its objections: ground, state, answer and ruling, no name."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


class PublicityMove(PublicityApi):
    """发布、延长、撤销、暂停、恢复公示，删除草稿。"""

    permission_classes = (IsAuthenticated,)
    conditional = True

    @extend_schema(
        operation_id="publicity_move",
        parameters=[MATCH, MOVE],
        request=PublicityMoveWrite,
        responses={200: PublicityWhole, 204: None},
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is publish, prolong, cancel, suspend, resume or discard."""
        row = self.one(code)
        act = _PUBLICITY_ACTS.get(move)
        if act is None:
            raise NotVisible
        permission = _PUBLICITY_PERMISSIONS.get(move) or PUBLICITY.transitions[move].permission
        if not request.user.has_perm(permission, row):
            raise Forbidden
        rev = seen_rev(request)
        sent = PublicityMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            act(row, sent.validated_data, {"actor": request.user, "rev": rev})
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.whole(present), present.rev)
        if move == "discard":
            return Response(status=status.HTTP_204_NO_CONTENT)
        row = self.one(code)
        return tagged(self.whole(row), row.rev)


_PUBLICITY_PERMISSIONS = {
    "suspend": "publicity.suspend_publicity",
    "resume": "publicity.suspend_publicity",
    "discard": "publicity.edit_publicity",
}
_PUBLICITY_ACTS: dict[str, Callable[[Publicity, dict[str, Any], dict[str, Any]], Any]] = {
    "publish": lambda row, _held, how: services.publish_publicity(row, **how),
    "prolong": lambda row, held, how: services.prolong_publicity(
        row, days=held.get("days"), reason=held.get("reason", ""), **how
    ),
    "cancel": lambda row, held, how: services.cancel_publicity(
        row, reason=held.get("reason", ""), **how
    ),
    "suspend": lambda row, held, how: services.suspend_publicity(
        row, reason=held.get("reason", ""), **how
    ),
    "resume": lambda row, held, how: services.resume_publicity(
        row, reason=held.get("reason", ""), **how
    ),
    "discard": lambda row, _held, how: services.discard_draft(row, **how),
}


# --- objections -------------------------------------------------------------------------------
class ObjectionApi(APIView):
    """What the views of objections share."""

    permission_classes = (IsAuthenticated,)

    def shown(self, rows: list[Objection]) -> list[dict[str, Any]]:
        """Objections for those who may see them."""
        files = attachments_for(OBJECTION_FILES, [row.pk for row in rows])
        context = {"request": self.request, "files": files}
        return list(ObjectionRead(rows, many=True, context=context).data)

    def one(self, code: str) -> Objection:
        """The objection of this code. Raises Http404 for who may not see it."""
        return fetch(
            queries.objections_visible_to(self.request.user),
            code,
            actor=self.request.user,
            view="publicity.view_objection",
        )


class ObjectionCollection(ObjectionApi):
    """本人可见的异议；起草异议。"""

    once = True
    parser_classes = FILE_PARSERS

    @extend_schema(
        operation_id="objection_list",
        parameters=[_OBJECTION_STATUS, PAGE_PARAMETER],
        responses=ObjectionPage,
    )
    def get(self, request: Request) -> Response:
        """Raised by, or to, the caller's organisations; all that were raised for the authority."""
        asked = read_parameters(request, "status", "page")
        rows = queries.objections_visible_to(request.user)
        if state := read_choice(asked, "status", ObjectionStatus.values):
            rows = rows.filter(status=state)
        return paged(rows, asked, self.shown)

    @extend_schema(
        operation_id="objection_draft",
        parameters=[KEY],
        request=with_file(ObjectionWrite),
        responses={200: ObjectionRead, 201: ObjectionRead},
    )
    def post(self, request: Request) -> Response:
        """Draft an objection; it counts once somebody who binds the organisation submits it."""
        sent = ObjectionWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        held = sent.validated_data
        rows = queries.published().filter(code=held["publicity"])
        publicity = rows.first()
        if publicity is None:
            raise InvalidInput({"publicity": [_("没有这个编号的公示")]})
        org = _own_organization(request, held.get("organization"))
        claim = Claim(held["ground"], held["interest"], held["text"])
        upload = held["file"]
        if upload is not None:
            count_upload(request)
        made = once(
            once_ticket(request),
            lambda: services.draft_objection(
                publicity, org, claim, upload=upload, actor=request.user
            ),
            actor=request.user,
        )
        row = self.one(made.code)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown([row])[0], row.rev, status=code)


class ObjectionItem(ObjectionApi):
    """一份异议。"""

    @extend_schema(operation_id="objection_detail", responses=ObjectionRead)
    def get(self, request: Request, code: str) -> Response:
        """One objection."""
        read_parameters(request)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)


class ObjectionMove(ObjectionApi):
    """提出、答复、撤回异议，投诉和处理。"""

    conditional = True

    @extend_schema(
        operation_id="objection_move",
        parameters=[MATCH, MOVE],
        request=ObjectionMoveWrite,
        responses=ObjectionRead,
    )
    def post(self, request: Request, code: str, move: str) -> Response:
        """`move` is one of `available_actions`, or `report` for the remedy."""
        row = self.one(code)
        found = OBJECTION.transitions.get(move)
        permission = "publicity.answer_objection" if move == "report" else ""
        if found is not None:
            permission = found.permission
        if not permission:
            raise NotVisible
        if not request.user.has_perm(permission, row):
            raise Forbidden
        rev = seen_rev(request)
        sent = ObjectionMoveWrite(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            services.make_move(
                row, move, sent.validated_data.get("text", ""), actor=request.user, rev=rev
            )
        except Stale as error:
            present = self.one(code)
            return stale_problem(request, error, self.shown([present])[0], present.rev)
        row = self.one(code)
        return tagged(self.shown([row])[0], row.rev)
