"""The REST door that every kind of listing shares: list, detail, create, submit."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from marketplace.disclosure import queries as disclosure
from marketplace.disclosure import services as disclosing
from marketplace.disclosure.models import Reading
from marketplace.journal.once import once
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import InvalidInput, Stale
from marketplace.kernel.unreadable import readable
from marketplace.listings import filters, queries, services
from marketplace.listings.kind import ListingKind
from marketplace.listings.serializers import OwnerBrief, detail_shape
from marketplace.parties.queries import publishing_organizations
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
    TEXT,
    once_ticket,
    read_choice,
    read_codes,
    read_number,
    read_parameters,
    read_text,
    seen_rev,
    shown,
    stale_problem,
    tagged,
)
from marketplace.web.rest_parts import KEY, MATCH, PAGE_PARAMETER
from marketplace.web.views import Gone, fetch
from search import engine
from search.query import Query

#: The description of `degraded` in the schema.
DEGRADED = "搜索服务暂时不可用：有搜索词时结果可能不全；没有搜索词的列表和总数仍然完整"


NO_SUCH_PAGE = _("没有这一页")
NO_SUCH_FIELD = _("没有这个字段")
#: At most so many unknown names of one body are named.
MOST_NAMED = 20


def list_parameters(kind: ListingKind) -> list[OpenApiParameter]:
    """The query parameters of a list, for the schema."""
    return [
        OpenApiParameter("q", TEXT, description="搜索词"),
        PAGE_PARAMETER,
        OpenApiParameter("sort", str, enum=[key for key in filters.SORTS if key]),
        OpenApiParameter("since", str, many=True, enum=list(filters.PERIODS), description="近几天"),
        OpenApiParameter("owner", str, description="单位编号"),
        *(
            OpenApiParameter(
                facet.param,
                str,
                many=True,
                enum=list(facet.table) or None,
                description="" if facet.table else f"代码见 /api/v1/taxonomy/{facet.scheme}/",
            )
            for facet in kind.facets
        ),
    ]


def read_list_query(request: Request, kind: ListingKind) -> Query:
    """Read the query parameters. Raises InvalidInput for every name and value that does not exist.

    A page ignores unknown ones, so that old links work. A program would take the whole list for a filtered one.
    """
    known = ("q", "page", "sort", "since", "owner", *(facet.param for facet in kind.facets))
    asked = read_parameters(request, *known)
    read_text(asked, "q", most=MOST_TEXT)
    read_choice(asked, "sort", [key for key in filters.SORTS if key])
    read_codes(asked, "since", list(filters.PERIODS))
    for facet in kind.facets:
        read_codes(
            asked, facet.param, [code for code, _label in facet.choices()], scheme=facet.scheme
        )
    owner = asked.get("owner")
    if owner is not None and not is_valid_code(owner):
        raise InvalidInput({"owner": [filters.NO_SUCH_OWNER]})
    page = read_number(asked, "page", most=MOST_PAGES, default=1)
    return filters.read_query(asked, kind.facets, page=page)


class Seen(Serializer[Any]):
    """The version on which a write is based."""

    rev = serializers.IntegerField(required=False, min_value=1, help_text="没有 If-Match 时必填")


class ListingApi(APIView):
    """What the three views know: the kind, and with it the two serializers."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    kind: ClassVar[ListingKind]

    def shown(self, listing: Any) -> dict[str, Any]:
        """One listing as the caller may see it."""
        context = {"request": self.request, "kind": self.kind}
        return dict(self.kind.reads(listing, context=context).data)

    def disclosed(self, listing: Any) -> dict[str, Any]:
        """What this caller gets beyond the public part: nothing, for most.

        `confidential` is absent, not null, for those to whom it is shut. Each reading is in the owner's log.
        """
        user, found = self.request.user, {}
        subject = queries.disclosed([listing])[listing.pk]
        named = (subject.kind, subject.pk, subject.owner_id)
        if listing.hide_owner and disclosure.owner_named_to(user, *named):
            found["owner"] = dict(OwnerBrief(listing.owner).data)
        if listing.confidential and user.has_perm(self.kind.perm("view_confidential"), listing):
            disclosing.record_reading(subject, what=Reading.What.API, actor=user)
            found["confidential"] = listing.confidential
        return found

    def visible(self) -> QuerySet[Any]:
        """The listings that the caller may see, with their rows."""
        return self.kind.visible_to(self.request.user).prefetch_related(*self.kind.children)


class ListingCollection(ListingApi):
    """List with search and filters; create a draft, once for each `Idempotency-Key`."""

    #: The schema names 422: the key was used before with another body.
    once = True

    def get(self, request: Request) -> Response:
        """Published listings, searched and filtered as on the page."""
        query = read_list_query(request, self.kind)
        results = engine.find(self.kind.name, query)
        if query.page > results.pages:
            raise NotFound(NO_SUCH_PAGE)
        codes = [hit.id for hit in results.hits]
        found = {row.code: row for row in readable(self.visible().filter(code__in=codes))}
        rows = [self.shown(found[code]) for code in codes if code in found]
        return Response(
            {
                "count": results.total,
                "page": results.page,
                "pages": results.pages,
                "loosened": results.loosened,
                "degraded": results.degraded,
                "results": rows,
            }
        )

    def post(self, request: Request) -> Response:
        """Create a draft for one of the caller's organisations."""
        refuse_unknown(self.kind, request.data)
        serializer = self.kind.writes(data=request.data)
        serializer.is_valid(raise_exception=True)
        owner = _owner(request, serializer.initial_data)
        made = once(
            once_ticket(request),
            lambda: services.create_whole(
                self.kind.model, owner=owner, actor=request.user, **serializer.validated_data
            ),
            actor=request.user,
        )
        view = self.kind.perm("view")
        listing = fetch(self.visible(), made.code, actor=request.user, view=view)
        code = status.HTTP_201_CREATED if made.is_new else status.HTTP_200_OK
        return tagged(self.shown(listing), listing.rev, status=code)


class ListingItem(ListingApi):
    """One listing."""

    #: The schema names 410: the listing was public and has been withdrawn.
    gone = True

    def get(self, request: Request, code: str) -> Response:
        """One listing by its code; 410 when it was public and has been withdrawn."""
        read_parameters(request)
        view = self.kind.perm("view")
        withdrawn = queries.taken_down(self.kind.model, code)
        if withdrawn is not None and not request.user.has_perm(view, withdrawn):
            raise Gone(queries.TAKEN_DOWN)
        listing = fetch(self.visible(), code, actor=request.user, view=view)
        return tagged(self.shown(listing) | self.disclosed(listing), listing.rev)


class ListingSubmission(ListingApi):
    """Submit a draft for review, in the version that the caller has read."""

    #: The schema names 428 and 412: the version must be named, and must be the present one.
    conditional = True

    def post(self, request: Request, code: str) -> Response:
        """Submit; 400 names what the quality gate misses, 409 why the state does not allow it."""
        view, edit = self.kind.perm("view"), self.kind.perm("edit")
        listing = fetch(self.visible(), code, actor=request.user, view=view, action=edit)
        rev = seen_rev(request)
        try:
            services.move(listing, "submit", actor=request.user, rev=rev)
        except Stale as error:
            present = self.visible().get(pk=listing.pk)
            return stale_problem(request, error, self.shown(present), present.rev)
        submitted = self.visible().get(pk=listing.pk)
        return tagged(self.shown(submitted), submitted.rev)


def refuse_unknown(kind: ListingKind, data: Any) -> None:
    """Raise InvalidInput for a name that no shape of this kind has: a misspelt field would be lost in silence.

    Names that are read only, such as `status`, are ignored, so that what was read can be sent again.
    """
    if not isinstance(data, Mapping):
        return
    fields: Mapping[str, Any] = kind.writes().fields
    unknown = [name for name in data if name not in {*fields, *kind.reads().fields}]
    for related in kind.children:
        rows = data.get(related)
        for row in rows if isinstance(rows, list) else []:
            known = fields[related].child.fields
            unknown += [name for name in row if name not in known] if isinstance(row, dict) else []
    if unknown:
        raise InvalidInput({shown(name): [NO_SUCH_FIELD] for name in unknown[:MOST_NAMED]})


def _owner(request: Request, data: Any) -> Any:
    """The organisation for which the caller writes; may be left out where there is only one."""
    owners = list(publishing_organizations(request.user))
    wanted = data.get("owner") if isinstance(data, dict) else None
    chosen = owners if wanted is None else [row for row in owners if row.code == wanted]
    if len(chosen) != 1:
        raise InvalidInput({"owner": [filters.CHOOSE_OWNER]})
    return chosen[0]


def views_of(kind: ListingKind) -> tuple[type[APIView], type[APIView], type[APIView]]:
    """The views of one kind, described for the schema: the collection, one listing, its submission."""
    noun, reads, writes = kind.noun, kind.reads, kind.writes
    page = page_of(reads, f"{kind.model.__name__}Page")
    described = {
        ListingCollection: {
            "get": extend_schema(
                operation_id=f"{noun}_list", parameters=list_parameters(kind), responses=page
            ),
            "post": extend_schema(
                operation_id=f"{noun}_create",
                parameters=[KEY],
                request=writes,
                responses={200: reads, 201: reads},
            ),
        },
        ListingItem: {
            "get": extend_schema(operation_id=f"{noun}_detail", responses=detail_shape(reads))
        },
        ListingSubmission: {
            "post": extend_schema(
                operation_id=f"{noun}_submit",
                parameters=[MATCH],
                request=Seen,
                responses=reads,
            )
        },
    }
    collection, item, submission = (
        extend_schema_view(**methods)(
            type(base.__name__.replace("Listing", kind.model.__name__), (base,), {"kind": kind})
        )
        for base, methods in described.items()
    )
    return collection, item, submission


def page_of(results: type[Serializer[Any]], name: str) -> type[Serializer[Any]]:
    """The envelope of a list, for the schema."""
    return type(
        name,
        (Serializer,),
        {
            "count": serializers.IntegerField(),
            "page": serializers.IntegerField(),
            "pages": serializers.IntegerField(),
            "loosened": serializers.BooleanField(),
            "degraded": serializers.BooleanField(help_text=DEGRADED),
            "results": results(many=True),
        },
    )
