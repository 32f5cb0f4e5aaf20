"""Closing a month of the ledger: two persons, one hash over its entries, chained to the month closed before."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.workflow import Book
from marketplace.journal.services import publish
from marketplace.kernel import clock, revisions
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Refused
from marketplace.kernel.revisions import Rev
from marketplace.registration import events
from marketplace.registration.models.ledger import LedgerBook, LedgerPeriod
from marketplace.registration.queries import ledger as queries
from marketplace.registration.rulebook import ledger as rulebook
from marketplace.registration.services.ledger import lock_book
from marketplace.registration.workflow import PERIOD, PeriodStatus


@transaction.atomic
def close_period(period: LedgerPeriod, *, actor: Actor, rev: Rev = None) -> LedgerPeriod:
    """Ask, as the first of two persons, that a month be closed.

    Raises Forbidden, Refused (not over, an earlier month open, entries that do not add up), Stale.
    """
    _head, period = _locked(period)
    PERIOD.fire("propose", period, actor)
    revisions.check(period.rev, rev, period)
    _check_figures(period)
    period.closed_by_id = actor.pk
    period.proposed_at = clock.now()
    return _kept(period, events.LedgerCloseProposed, actor)


@transaction.atomic
def withdraw_close(period: LedgerPeriod, *, actor: Actor, rev: Rev = None) -> LedgerPeriod:
    """Take the request to close a month back. Raises Forbidden, Refused, Stale."""
    _head, period = _locked(period)
    PERIOD.fire("withdraw", period, actor)
    revisions.check(period.rev, rev, period)
    period.closed_by_id = period.proposed_at = None
    return _kept(period, events.LedgerCloseWithdrawn, actor)


@transaction.atomic
def second_close(period: LedgerPeriod, *, actor: Actor, rev: Rev = None) -> LedgerPeriod:
    """Close a month as the second person. From now on its corrections enter later months and name it.

    Raises Forbidden (the same person too), Refused, Stale.
    """
    head, period = _locked(period)
    PERIOD.fire("close", period, actor)
    revisions.check(period.rev, rev, period)
    _check_figures(period)
    period.second_by_id = actor.pk
    period.closed_at = clock.now()
    period.previous_hash = head.closed_hash
    period.hash = rulebook.period_hash(head.closed_hash, period.figures())
    head.closed_month, head.closed_hash = period.month, period.hash
    head.save()
    return _kept(period, events.LedgerPeriodClosed, actor, hash=period.hash)


def _locked(period: LedgerPeriod) -> tuple[LedgerBook, LedgerPeriod]:
    head = lock_book(period.book)
    return head, LedgerPeriod.objects.select_for_update().get(pk=period.pk)


def _kept(period: LedgerPeriod, event: Any, actor: Actor, **more: Any) -> LedgerPeriod:
    period.rev += 1
    period.save()
    if period.book != Book.CITY:
        return period
    said = {"book": period.book, "month": period.month, "entries": period.entry_count}
    publish(event(subject_id=period.pk, **said, **more), actor=actor)
    return period


def _check_figures(period: LedgerPeriod) -> None:
    """Only a month that is over, after all earlier ones, and whose entries are its figures, is closed."""
    if period.month >= rulebook.month_of(clock.today()):
        raise Refused(_("本月还没有结束，不能关账"))
    earlier = LedgerPeriod.objects.filter(book=period.book, month__lt=period.month)
    if first := earlier.exclude(status=PeriodStatus.CLOSED).order_by("month").first():
        text = _("请先关闭更早的月份：%(month)s")
        raise Refused(text % {"month": first.month})
    if fault := queries.fault_of(period):
        raise Refused(_("台账校验未通过，不能关账：%(fault)s") % {"fault": fault})
