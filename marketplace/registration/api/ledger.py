"""The ledger over REST, read only: the months of a book, and the entries of one."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from marketplace.deals.workflow import Book
from marketplace.kernel.errors import Forbidden
from marketplace.registration.models import LedgerEntry, LedgerPeriod
from marketplace.registration.queries import ledger as queries
from marketplace.web.rest import MOST_PAGES, PAGE, read_number, read_parameters

SIZE = 50
PAGE_PARAMETER = OpenApiParameter("page", PAGE, description="页码，每页 50 条")


class PeriodRead(serializers.ModelSerializer[LedgerPeriod]):
    """A month of the ledger. Amounts in fen, net of reversals."""

    class Meta:
        model = LedgerPeriod
        fields = (
            *("book", "month", "status", "entry_count", "contracts", "amount_fen"),
            *("technical_fen", "hash", "closed_at"),
        )


class EntryRead(serializers.ModelSerializer[LedgerEntry]):
    """An entry of the ledger. Amounts in fen, negative in a reversal."""

    filing = serializers.CharField(source="filing.code")
    contract = serializers.CharField(source="contract.code")
    official_number = serializers.CharField(source="filing.official_number", allow_null=True)
    corrects = serializers.CharField(source="corrects_period.month", default=None, allow_null=True)

    class Meta:
        model = LedgerEntry
        fields = (
            *("number", "kind", "filing", "contract", "official_number", "amount_fen"),
            *("technical_fen", "is_late", "corrects", "reason", "at", "hash"),
        )


class PeriodPage(serializers.Serializer[Any]):
    """A page of months."""

    count = serializers.IntegerField()
    results = PeriodRead(many=True)


class EntryPage(serializers.Serializer[Any]):
    """A page of entries."""

    count = serializers.IntegerField()
    results = EntryRead(many=True)


def _page(request: Request, rows: Any, shape: Any) -> Response:
    asked = read_parameters(request, "page")
    number = read_number(asked, "page", most=MOST_PAGES, default=1)
    count = rows.count()
    start = (number - 1) * SIZE
    if start and start >= count:
        raise NotFound
    # A row of the ledger that cannot be read is an error here, never left out.
    found = queries.whole(rows[start : start + SIZE])
    return Response({"count": count, "results": shape(found, many=True).data})


def _allowed(request: Request, book: str) -> None:
    if not request.user.has_perm("registration.read_ledger"):
        raise Forbidden
    if book not in Book.values:
        raise NotFound


class LedgerPeriods(APIView):
    """成交额台账的月份。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="ledger_periods", parameters=[PAGE_PARAMETER], responses=PeriodPage)
    def get(self, request: Request, book: str) -> Response:
        """The months of a book (city or sample), newest first."""
        _allowed(request, book)
        return _page(request, queries.periods(book), PeriodRead)


class LedgerEntries(APIView):
    """一个月的入账明细。"""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="ledger_entries", parameters=[PAGE_PARAMETER], responses=EntryPage)
    def get(self, request: Request, book: str, month: str) -> Response:
        """The entries of a month in their order, as far as the caller's districts reach."""
        _allowed(request, book)
        period = queries.period_named(book, month)
        if period is None:
            raise NotFound
        rows = queries.listed(queries.entries_read_by(request.user).filter(period=period))
        return _page(request, rows, EntryRead)
