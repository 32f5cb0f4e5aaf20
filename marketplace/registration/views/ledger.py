"""The ledger for registrars and auditors: its months, the entries of one, and its closing by two persons."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.deals.workflow import Book
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, NotVisible, Refused, Stale
from marketplace.registration import events
from marketplace.registration.models import LedgerPeriod
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook.ledger import month_of
from marketplace.registration.services import periods
from marketplace.registration.workflow import PERIOD
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page

_ACTS = {
    "propose": (periods.close_period, _("已申请关账，请另一人复核")),
    "withdraw": (periods.withdraw_close, _("已撤回关账申请")),
    "close": (
        periods.second_close,
        _("已关账。公开统计每小时更新，符合公布规则的数字一小时内发布"),
    ),
}


@login_required
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The months of a book, newest first."""
    if not request.user.has_perm("registration.read_ledger"):
        raise Forbidden
    book = request.GET.get("book", "")
    book = book if book in Book.values else Book.CITY
    context = {
        "book": book,
        "is_sample": book == Book.SAMPLE,
        "books": Book.choices,
        "page": paginate(request, queries.periods(book), size=24),
    }
    return render_page(request, "registration/ledger.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def period(request: HttpRequest, book: str, month: str) -> HttpResponse:
    """One month: figures, entries, later corrections of it; a POST proposes, takes back or closes."""
    if not request.user.has_perm("registration.read_ledger"):
        raise Forbidden
    row = queries.period_named(book, month)
    if row is None:
        raise NotVisible
    if request.method == "POST" and not _closes(request.user, row):
        raise Forbidden
    seen = Seen(request, row.rev)
    status, problem = 200, ""
    if request.method == "POST":
        status = 400
        act = request.POST.get("act", "")
        if act in _ACTS:
            service, done = _ACTS[act]
            try:
                service(row, actor=request.user, rev=seen.rev)
            except Stale as error:
                status, problem = (
                    error.status,
                    _("这个月刚有新的入账或操作，请核对最新数字后再提交"),
                )
            except Refused as error:
                status, problem = error.status, str(error.reason)
            else:
                messages.success(request, done)
                return redirect("registration:period", book, month)
        else:
            problem = _("请选择要做什么")
        if problem:
            row = queries.period_named(book, month) or row
            seen.renew(row.rev)
    return render_page(
        request, "registration/period.html", _context(request, row, seen, problem), status=status
    )


def _closes(user: Any, row: LedgerPeriod) -> bool:
    """Whether the person has a part in closing months at all; which one, the service decides."""
    names = ("registration.close_period", "registration.confirm_period")
    return any(user.has_perm(name, row) for name in names)


def _context(request: HttpRequest, row: LedgerPeriod, seen: Seen, problem: str) -> dict[str, Any]:
    visible = queries.entries_read_by(request.user)
    entries = queries.listed(visible.filter(period=row))
    corrections = queries.listed(visible.filter(corrects_period=row))
    return {
        "period": row,
        "is_sample": row.book == Book.SAMPLE,
        "is_over": row.month < month_of(clock.today()),
        "page": paginate(request, entries, size=50),
        "corrections": list(corrections[:100]),
        "moves": [move for move in PERIOD.available(row, request.user) if move.name in _ACTS],
        "seen": seen,
        "problem": problem,
        "history": history(events.PERIOD, row.pk, limit=20),
    }
