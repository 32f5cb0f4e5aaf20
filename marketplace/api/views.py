"""The API's own views: code lists, organisations, search, and the documentation."""

from django.http import Http404

from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.api import serializers
from marketplace.api.pagination import ApiPagination
from marketplace.parties import queries as parties
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.views import fetch
from search import engine
from search.query import Query

SEARCHABLE = ("achievements", "needs")


class TaxonomyList(APIView):
    """代码表清单。"""

    @extend_schema(operation_id="taxonomy_list", responses=serializers.SchemeData(many=True))
    def get(self, request: Request) -> Response:  # noqa: ARG002 -- DRF's signature
        """Every code list."""
        return Response(serializers.SchemeData(taxonomy.schemes(), many=True).data)


class TaxonomyDetail(APIView):
    """一份代码表的条目。"""

    @extend_schema(operation_id="taxonomy_detail", responses=serializers.TermData(many=True))
    def get(self, request: Request, scheme: str) -> Response:  # noqa: ARG002 -- DRF's signature
        """The terms of one code list that hold today, in order."""
        if scheme not in {row.code for row in taxonomy.schemes()}:
            raise Http404
        return Response(serializers.TermData(taxonomy.terms(scheme), many=True).data)


class OrganizationList(APIView):
    """已认证单位名录。"""

    @extend_schema(
        operation_id="organization_list",
        parameters=[
            OpenApiParameter("q", str),
            OpenApiParameter("kind", str),
            OpenApiParameter("district", str),
            OpenApiParameter("page", int),
        ],
        responses=serializers.OrganizationPage,
    )
    def get(self, request: Request) -> Response:
        """Verified organisations by name."""
        asked = request.query_params
        found = parties.directory(
            asked.get("q", "")[:80], asked.getlist("kind")[:30], asked.getlist("district")[:30]
        )
        pages = ApiPagination()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(serializers.OrganizationData(rows, many=True).data)


class OrganizationDetail(APIView):
    """一个单位。"""

    @extend_schema(operation_id="organization_detail", responses=serializers.OrganizationData)
    def get(self, request: Request, code: str) -> Response:
        """One organisation by its code."""
        visible = parties.visible_to(request.user)
        org = fetch(visible, code, actor=request.user, view="parties.view_organization")
        return Response(serializers.OrganizationData(org).data)


class SearchView(APIView):
    """搜索成果与需求。"""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", str, required=True),
            OpenApiParameter("in", str, enum=["all", *SEARCHABLE]),
        ],
        responses=serializers.SearchData(many=True),
    )
    def get(self, request: Request) -> Response:
        """The first ten of each kind; the lists of achievements and needs page and filter."""
        text = request.query_params.get("q", "")[:200]
        scope = request.query_params.get("in", "all")
        kinds = [scope] if scope in SEARCHABLE else list(SEARCHABLE)
        found = [(kind, engine.find(kind, Query(text, size=10))) for kind in kinds]
        return Response(
            [
                {
                    "kind": kind,
                    "count": results.total,
                    "loosened": results.loosened,
                    "degraded": results.degraded,
                    "hits": [
                        {"code": hit.id, "score": round(hit.score, 4)} for hit in results.hits
                    ],
                }
                for kind, results in found
            ]
        )


class SchemaView(SpectacularAPIView):
    """The OpenAPI document."""


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: no outside request, no inline code."""
