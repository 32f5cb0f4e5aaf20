"""Publishing events and delivering them to their handlers."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.journal import context, queries, stopping, wakeup
from marketplace.journal.attempts import AttemptPolicy
from marketplace.journal.events import DeliveriesRetried
from marketplace.journal.models import Delivery, Entry
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput
from marketplace.kernel.events import Event, Handler, event_named, handler_named, handlers_of
from marketplace.kernel.unreadable import Unreadable, readable

logger = logging.getLogger(__name__)

#: A delivery that is given up is shown to the operator.
ATTEMPTS = AttemptPolicy(most=20, pause=timedelta(seconds=5))
#: Deliveries claimed at once: for a handler that takes a list, and for any other.
BATCH = 500
SINGLES = 50
#: Seconds after which a delivering worker lets other tasks run.
TURN = 20.0
#: Maximum number of dead deliveries that one request restarts.
MOST_RETRIED = 500


def publish(event: Event, *, actor: Actor | None) -> Entry:
    """Store an event in the caller's transaction, with one delivery for each of its handlers.

    `actor` None is the site itself: a scheduled task or a handler. Raises TransactionManagementError
    outside `atomic`, because the fact must be committed together with the change it reports.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish() belongs inside atomic()")
    entry = Entry.objects.create(
        event=type(event).__name__,
        actor_id=None if actor is None else actor.pk,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        payload=event.payload(),
        request_id=context.request_id.get(),
    )
    names = handlers_of(type(event))
    Delivery.objects.bulk_create(Delivery(entry=entry, handler=name) for name in names)
    if names:
        wakeup.after_commit()
    return entry


def drain(limit: int = 10_000, *, seconds: float | None = None) -> int:
    """Deliver what is due, about `limit` at most, and return the number of deliveries tried.

    No new batch is started after `seconds`, or when the worker is stopping.

    Deliveries are claimed under a lease in a short transaction, so that a slow handler holds no lock. A
    handler that fails is retried later and does not stop the others. When a worker is killed, its claimed
    deliveries are due again after the lease: handlers are idempotent. An error with a true `is_outage`
    means that a server does not answer: the attempt is not counted, and repeated until the outage ends.
    """
    tried = 0
    end = None if seconds is None else time.monotonic() + seconds
    while tried < limit and not stopping.is_asked():
        if end is not None and time.monotonic() >= end:
            break
        batch = _claim()
        if batch is None:
            break
        if not batch:
            continue
        tried += len(batch)
        handler = handler_named(batch[0].handler)
        if handler is None:
            # During a rolling release another process may know this handler, so it is retried.
            for delivery in batch:
                _put_off(delivery, LookupError())
        elif handler.batch and not ATTEMPTS.is_spent(batch[0].attempts):
            _deliver(handler, batch)
        else:
            _deliver_singly(handler, batch)
    return tried


@transaction.atomic
def _claim() -> list[Delivery] | None:
    """Claim the next deliveries of one handler, oldest first.

    The attempt is counted here, not after a failure, so a delivery that kills its worker is given up in the
    end. A delivery that was tried before is claimed alone, so that it cannot fail others with it. None when
    nothing is due; an empty list when the due rows could not be read.
    """
    due = queries.due_deliveries()
    first = due.values_list("pk", "handler", "attempts").first()
    if first is None:
        return None
    key, name, attempts = first
    handler = handler_named(name)
    size = 1 if attempts else BATCH if handler and handler.batch else SINGLES
    rows = due.filter(handler=name).select_related("entry")
    rows = rows.filter(pk=key) if attempts else rows.filter(attempts=0)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    rows = rows[:size]
    left_out: list[Unreadable] = []
    claimed = readable(rows, left_out)
    # Otherwise they would stay first in the queue. The operator sees them as dead letters.
    Delivery.objects.filter(pk__in=[row.key for row in left_out]).update(
        status=Delivery.Status.DEAD, error="unreadable"
    )
    until = ATTEMPTS.claimed_until(clock.now())
    Delivery.objects.filter(pk__in=[row.pk for row in claimed]).update(
        next_try_at=until, attempts=F("attempts") + 1
    )
    for row in claimed:
        row.next_try_at = until
        row.attempts += 1
    return claimed


def _deliver_singly(handler: Handler, batch: list[Delivery]) -> None:
    """Deliver one by one. After a while, only those whose lease this worker still holds."""
    for delivery in batch:
        if ATTEMPTS.is_spent(delivery.attempts):
            _give_up([delivery], "the worker died each time")
        elif _still_claimed(delivery):
            _deliver(handler, [delivery])


def _still_claimed(delivery: Delivery) -> bool:
    """Whether this worker holds the lease. It is renewed in its second half."""
    if not ATTEMPTS.must_renew(delivery.next_try_at, clock.now()):
        return True
    until = ATTEMPTS.claimed_until(clock.now())
    ours = Delivery.objects.filter(
        pk=delivery.pk, status=Delivery.Status.PENDING, next_try_at=delivery.next_try_at
    )
    delivery.next_try_at = until
    return ours.update(next_try_at=until) == 1


def _deliver(handler: Handler, batch: list[Delivery]) -> None:
    try:
        _run(handler, batch)
    except Exception as error:  # noqa: BLE001 -- no error may stop the other deliveries
        if getattr(error, "is_outage", False):
            _wait_for_the_server(batch, error)
            return
        if len(batch) > 1:
            # One bad row must not delay the others: each is tried alone.
            for delivery in batch:
                _deliver(handler, [delivery])
            return
        _put_off(batch[0], error)
    else:
        ids = [delivery.pk for delivery in batch]
        Delivery.objects.filter(pk__in=ids).update(
            status=Delivery.Status.DONE, done_at=clock.now(), error=""
        )


def _run(handler: Handler, batch: list[Delivery]) -> None:
    restored = []
    for delivery in batch:
        kind = event_named(delivery.entry.event)
        if kind is None:
            raise LookupError(delivery.entry.event)
        restored.append(kind.restore(delivery.entry.subject_id, delivery.entry.payload))
    token = context.entry_id.set(batch[0].entry_id if len(batch) == 1 else None)
    try:
        handler.run(restored if handler.batch else restored[0])
    finally:
        context.entry_id.reset(token)


def _wait_for_the_server(batch: list[Delivery], error: Exception) -> None:
    """An outage: the attempt is not counted, and the batch is not split."""
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in batch]).update(
        error=type(error).__name__[:200],
        attempts=F("attempts") - 1,
        next_try_at=ATTEMPTS.after_outage(clock.now()),
    )
    logger.warning(
        "handler %s waits: %s (%s deliveries)", batch[0].handler, type(error).__name__, len(batch)
    )


def _put_off(delivery: Delivery, error: Exception) -> None:
    # Only the class of the error is kept and logged: its text may quote a listing.
    delivery.error = type(error).__name__[:200]
    next_try = ATTEMPTS.next_try(delivery.attempts, clock.now())
    if next_try is None:
        delivery.status = Delivery.Status.DEAD
    else:
        delivery.next_try_at = next_try
    delivery.save(update_fields=["error", "status", "next_try_at"])
    logger.warning(
        "handler %s failed on entry %s (%s): %s (attempt %s)",
        delivery.handler,
        delivery.entry_id,
        delivery.entry.event,
        delivery.error,
        delivery.attempts,
        exc_info=error if settings.DEBUG else None,
    )


def _give_up(batch: list[Delivery], reason: str) -> None:
    for delivery in batch:
        delivery.status = Delivery.Status.DEAD
        delivery.error = reason
        delivery.save(update_fields=["status", "error"])


def is_due() -> bool:
    """Whether any delivery is due."""
    return queries.due_deliveries().exists()


@transaction.atomic
def retry_deliveries(ids: Sequence[int], *, actor: Actor) -> int:
    """重新投递被放弃的事件；返回重新投递的条数。

    Deliveries that are not dead are skipped. Raises Forbidden for everyone but operators, InvalidInput for
    no ids or more than MOST_RETRIED.
    """
    if not actor.has_perm("journal.retry_delivery"):
        raise Forbidden
    if not 0 < len(ids) <= MOST_RETRIED:
        raise InvalidInput({"ids": [_("请先勾选要重新投递的事件，一次最多 500 条")]})
    dead = Delivery.objects.select_for_update().filter(pk__in=ids, status=Delivery.Status.DEAD)
    found = sorted(dead.values_list("pk", flat=True))
    if not found:
        return 0
    Delivery.objects.filter(pk__in=found).update(
        status=Delivery.Status.PENDING, attempts=0, error="", next_try_at=clock.now()
    )
    publish(DeliveriesRetried(subject_id=found[0], ids=found), actor=actor)
    wakeup.after_commit()
    return len(found)


def purge_deliveries() -> int:
    """Delete old done deliveries; return the number. Entries are kept."""
    return queries.done_deliveries().delete()[0]


def purge_jobs() -> int:
    """Delete old jobs that the site started by itself; return the number."""
    return queries.ended_jobs().delete()[0]
