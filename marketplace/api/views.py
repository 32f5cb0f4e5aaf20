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
from marketplace.parties.browsing import directory
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.rest import (
    MOST_PAGES,
    MOST_TEXT,
    PAGE,
    TEXT,
    read_choice,
    read_codes,
    read_number,
    read_parameters,
    read_text,
)
from marketplace.web.slices import scopes
from marketplace.web.views import fetch
from search import engine
from search.query import Query


def _searchable() -> list[str]:
    return [section.name for section in scopes()]


def _codes(scheme: str) -> set[str]:
    return {term.code for term in taxonomy.terms(scheme)}


class TaxonomyList(APIView):
    """代码表清单。"""

    @extend_schema(operation_id="taxonomy_list", responses=serializers.SchemeData(many=True))
    def get(self, request: Request) -> Response:
        """Every code list."""
        read_parameters(request)
        return Response(serializers.SchemeData(taxonomy.schemes(), many=True).data)


class TaxonomyDetail(APIView):
    """一份代码表的条目。"""

    @extend_schema(operation_id="taxonomy_detail", responses=serializers.TermData(many=True))
    def get(self, request: Request, scheme: str) -> Response:
        """The terms of one code list that hold today, in order."""
        read_parameters(request)
        if scheme not in {row.code for row in taxonomy.schemes()}:
            raise Http404
        return Response(serializers.TermData(taxonomy.terms(scheme), many=True).data)


class OrganizationList(APIView):
    """已认证单位名录。"""

    @extend_schema(
        operation_id="organization_list",
        parameters=[
            OpenApiParameter("q", TEXT, description="名称中的词"),
            OpenApiParameter(
                "kind", str, many=True, description="代码见 /api/v1/taxonomy/org_kind/"
            ),
            OpenApiParameter(
                "district", str, many=True, description="代码见 /api/v1/taxonomy/district/"
            ),
            OpenApiParameter("page", PAGE),
            OpenApiParameter("page_size", {**PAGE, "maximum": ApiPagination.max_page_size}),
        ],
        responses=serializers.OrganizationPage,
    )
    def get(self, request: Request) -> Response:
        """Verified organisations: by name, or those found by words, best first."""
        asked = read_parameters(request, "q", "kind", "district", "page", "page_size")
        read_number(asked, "page_size", most=ApiPagination.max_page_size, default=1)
        read_number(asked, "page", most=MOST_PAGES, default=1)
        found = directory(
            read_text(asked, "q", most=MOST_TEXT),
            read_codes(asked, "kind", _codes("org_kind"), scheme="org_kind"),
            read_codes(asked, "district", _codes("district"), scheme="district"),
        ).rows
        pages = ApiPagination()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(serializers.OrganizationData(rows, many=True).data)


class OrganizationDetail(APIView):
    """一个单位。"""

    @extend_schema(operation_id="organization_detail", responses=serializers.OrganizationData)
    def get(self, request: Request, code: str) -> Response:
        """One organisation by its code."""
        read_parameters(request)
        visible = parties.visible_to(request.user)
        org = fetch(visible, code, actor=request.user, view="parties.view_organization")
        return Response(serializers.OrganizationData(org).data)


class SearchView(APIView):
    """搜索成果、需求与单位。"""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", {**TEXT, "minLength": 1}, required=True),
            OpenApiParameter("in", str, enum=["all", *_searchable()]),
        ],
        responses=serializers.SearchData(many=True),
    )
    def get(self, request: Request) -> Response:
        """The first ten of each kind; the list of each kind pages and filters."""
        asked = read_parameters(request, "q", "in")
        text = read_text(asked, "q", most=MOST_TEXT, required=True)
        searchable = _searchable()
        scope = read_choice(asked, "in", ["all", *searchable], default="all")
        kinds = [scope] if scope in searchable else searchable
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
    """Swagger UI from our own static files: no outside request, no inline code, no inline style."""

    template_name = "api/docs.html"
