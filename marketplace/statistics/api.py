"""The published figures over REST, read only: the sums of the public page and nothing else.

Every number comes from `queries.public`, which reads issued blocks. A new cut would be a new figure to audit.
"""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.errors import NotVisible
from marketplace.statistics import queries
from marketplace.statistics.exports import label_of_work
from marketplace.statistics.queries.labels import OVERLAPPING, TITLES, key_label
from marketplace.statistics.rulebook.definitions import definitions_on
from marketplace.statistics.rulebook.issues import PUBLIC_TABLES
from marketplace.web.rest import read_choice, read_parameters

BOOK = OpenApiParameter(
    "book",
    {"type": "string", "enum": Book.values},
    description="city 为本市登记数据，sample 为示例数据",
)
THROUGH = OpenApiParameter(
    "through",
    {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    description="截至哪个已公布的月份，例如 2026-09；不写为最新",
)


class AimRead(serializers.Serializer[Any]):
    """The target of a year in fen, and the document that sets it."""

    amount_fen = serializers.IntegerField()
    document = serializers.CharField(source="source")


class YearRead(serializers.Serializer[Any]):
    """The published number of a year. Amounts in fen; shares of the largest contract as a range in percent."""

    book = serializers.ChoiceField(choices=Book.choices)
    is_sample = serializers.BooleanField(help_text="示例数据，不是本市的登记数据")
    note = serializers.CharField()
    year = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    contracts = serializers.IntegerField()
    amount_fen = serializers.IntegerField()
    technical_fen = serializers.IntegerField()
    closed_through = serializers.CharField(help_text="最后一个已结账并公布的月份，没有则为空")
    target = AimRead(allow_null=True)
    largest_from_percent = serializers.IntegerField(allow_null=True)
    largest_to_percent = serializers.IntegerField(allow_null=True)


class CellRead(serializers.Serializer[Any]):
    """A published cell of a table: from January up to the month `through`."""

    key = serializers.CharField()
    title = serializers.CharField()
    contracts = serializers.IntegerField()
    amount_fen = serializers.IntegerField()
    technical_fen = serializers.IntegerField()
    through = serializers.CharField()


class PublicTableRead(serializers.Serializer[Any]):
    """A published table. Where `overlaps`, a contract stands under several keys: do not add the cells up."""

    name = serializers.CharField()
    title = serializers.CharField()
    overlaps = serializers.BooleanField()
    cells = CellRead(many=True)


class DefinitionRead(serializers.Serializer[Any]):
    """What a figure means, with the day from which this text is valid."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    text = serializers.CharField(source="shown")


class YearTablesRead(YearRead):
    """The same with the tables of closed months and the definitions."""

    tables = PublicTableRead(many=True)
    definitions = DefinitionRead(many=True)


class YearList(APIView):
    """已公布的年度成交额。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="statistics_years", parameters=[BOOK], responses=YearRead(many=True)
    )
    def get(self, request: Request) -> Response:
        """The number of each published year, the last first."""
        book = _book(request, "book")
        years = [_year(head, book) for head in queries.year_heads(book).values()]
        return Response(YearRead(years, many=True).data)


class YearDetail(APIView):
    """一个年度已公布的成交额和分项。"""

    permission_classes = (IsAuthenticatedOrReadOnly,)

    @extend_schema(
        operation_id="statistics_year", parameters=[BOOK, THROUGH], responses=YearTablesRead
    )
    def get(self, request: Request, year: int) -> Response:
        """The number and the tables of one year, as they are or as they were after a published month."""
        book = _book(request, "book", "through")
        head = queries.year_heads(book).get(year)
        if head is None:
            raise NotVisible
        months = [one for one in queries.archive_months(book) if one.startswith(f"{year}-")]
        through = read_choice(request.query_params, "through", months)
        found = queries.public_tables(year, book, through)
        body = _year(head, book) | {
            "tables": [_table(name, found[name]) for name in PUBLIC_TABLES if found.get(name)],
            "definitions": list(definitions_on(clock.today()).values()),
        }
        return Response(YearTablesRead(body).data)


def _book(request: Request, *known: str) -> str:
    asked = read_parameters(request, *known)
    return read_choice(asked, "book", Book.values, default=str(Book.CITY))


def _year(head: queries.Headline, book: str) -> dict[str, Any]:
    low, high = head.largest or (None, None)
    return {
        "book": book,
        "is_sample": book == Book.SAMPLE,
        "note": label_of_work(),
        "year": head.year,
        "as_of": head.as_of,
        "contracts": head.contracts,
        "amount_fen": head.amount_fen,
        "technical_fen": head.technical_fen,
        "closed_through": head.closed_through,
        "target": head.target,
        "largest_from_percent": low,
        "largest_to_percent": high,
    }


def _table(name: str, cells: list[queries.Cell]) -> dict[str, Any]:
    return {
        "name": name,
        "title": TITLES[name],
        "overlaps": name in OVERLAPPING,
        "cells": [
            {
                "key": cell.key,
                "title": key_label(name, cell.key),
                "contracts": cell.contracts,
                "amount_fen": cell.amount_fen,
                "technical_fen": cell.technical_fen,
                "through": cell.through,
            }
            for cell in cells
        ],
    }
