"""The instants of a tender: the next one at which something is due, and how a suspension moves them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from marketplace.taxonomy.queries import whole_days_on
from marketplace.tenders import queries
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import OPEN, CancellationStatus, Status

_DAY = timedelta(days=1)


def next_check(tender: Tender) -> datetime | None:
    """The next instant at which the clock has something to do; None where it waits for people."""
    found: list[datetime | None] = []
    cancellation = queries.open_cancellation(tender) if tender.pk else None
    if cancellation is not None and cancellation.status == CancellationStatus.ANNOUNCED:
        found.append(cancellation.effective_at)
    if not tender.is_suspended:
        if tender.status == Status.PUBLISHED:
            found.append(tender.starts_at)
        if tender.status == Status.TENDERING:
            if tender.answers_checked_at is None:
                found.append(tender.answers_until)
            found.append(tender.deadline)
    return min((at for at in found if at is not None), default=None)


def stop(tender: Tender, cause: Tender.Cause, reason: str, now: datetime) -> None:
    """Set the flag; one that was set before keeps its instant."""
    tender.suspended_at = tender.suspended_at or now
    tender.suspended_for, tender.suspend_reason = cause, reason
    tender.next_check = next_check(tender)


#: Takes a locked tender that has just gone on, the instant since which it stood still, and now.
Follower = Callable[[Tender, datetime, datetime], None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Let a slice above move its own instants at the end of a suspension, in the same transaction."""
    if follower not in _followers:
        _followers.append(follower)


def go_on(tender: Tender, now: datetime) -> None:
    """Clear the flag, and move what had not ended later, by at least as long as it was set."""
    if tender.suspended_at is None:
        raise TypeError("only what is suspended goes on")
    since = tender.suspended_at
    shift(tender, now - since, since)
    tender.suspended_at, tender.suspended_for = None, ""
    tender.next_check = next_check(tender)
    for follower in _followers:
        follower(tender, since, now)


def shift(tender: Tender, by: timedelta, since: datetime) -> None:
    """Move every instant that had not passed at `since` later by at least `by`: the end of a suspension.

    All move by the same number of whole days, rounded up: none is left with less time than it had, each keeps its
    time of day, and their distances stay as published. A deadline that lies ahead still falls on a working day, as
    the publication demands: it moves on over days off, and the others with it.
    """
    ahead = tender.deadline is not None and tender.deadline > since
    days = whole_days_on(tender.deadline, by) if ahead and tender.deadline else -(-by // _DAY)
    by = max(days, 0) * _DAY
    names = ["questions_until", "answers_until", "deadline", "results_until"]
    if tender.status in OPEN:
        names.append("starts_at")
    for name in names:
        at = getattr(tender, name)
        if at is not None and at > since:
            setattr(tender, name, at + by)
