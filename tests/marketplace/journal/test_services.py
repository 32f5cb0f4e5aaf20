"""Publishing and delivering: nothing without its transaction, nothing lost, nobody stopped."""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction

import pytest
from kombu.exceptions import ChannelError, OperationalError

from deploy.beat import schedule
from deploy.celery import app
from marketplace.journal import context, queries, services, stopping, wakeup
from marketplace.journal.models import Delivery, Entry
from marketplace.kernel import clock, events
from marketplace.kernel.errors import Forbidden, InvalidInput
from tests.factories.notices import make_reader
from tests.marketplace.journal.conftest import listen

pytestmark = pytest.mark.django_db


def states():
    return list(Delivery.objects.order_by("id").values_list("handler", "status", "attempts"))


# --- publishing -------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_raises(thing_done):
    with pytest.raises(transaction.TransactionManagementError):
        services.publish(thing_done(subject_id=1), actor=None)
    assert not Entry.objects.exists()


def test_entry_says_who_did_what_to_which(thing_done, heard, tell):
    actor = make_reader()
    token = context.request_id.set("r-1")
    entry = tell(7, actor, note="好")
    context.request_id.reset(token)
    entry.refresh_from_db()
    assert (entry.event, entry.actor_id, entry.subject_kind, entry.subject_id) == (
        *("ThingDone", actor.pk, "tests.thing", 7),
    )
    assert entry.payload == {"note": "好"}
    assert entry.request_id == "r-1"
    assert states() == [("tests.hear", "pending", 0)]


def test_publishing_costs_two_queries_whatever_listens(thing_done, django_assert_num_queries):
    for name in "abc":
        listen(thing_done, name, lambda _event: None)
    with django_assert_num_queries(2):
        services.publish(thing_done(subject_id=1), actor=None)


def test_rollback_leaves_nothing(thing_done, heard, drain, django_capture_on_commit_callbacks):
    with (
        django_capture_on_commit_callbacks() as callbacks,
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        services.publish(thing_done(subject_id=1), actor=None)
        raise ZeroDivisionError
    assert (Entry.objects.count(), Delivery.objects.count(), callbacks) == (0, 0, [])
    assert drain() == 0
    assert heard == []


def test_nothing_runs_inside_the_transaction(thing_done, heard):
    with transaction.atomic():
        services.publish(thing_done(subject_id=1), actor=None)
        assert heard == []


def test_one_wake_up_for_each_transaction(
    thing_done, heard, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(50):
            services.publish(thing_done(subject_id=number), actor=None)
    assert sent == ["journal.drain"]


def test_no_listener_no_wake_up(thing_done, tell, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell()
    assert callbacks == []


@pytest.mark.parametrize("error", [OperationalError, OSError, ChannelError, RuntimeError])
def test_broken_broker_does_not_break_the_write(
    thing_done, heard, tell, monkeypatch, caplog, error, django_capture_on_commit_callbacks
):
    def refuse(_name, **_options):
        raise error

    monkeypatch.setattr(app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        tell()
    assert "no wake-up" in caplog.text
    assert Entry.objects.count() == 1


def test_broken_broker_is_left_alone_for_a_while(tell, thing_done, heard, monkeypatch):
    asked = []

    def refuse(name, **_options):
        asked.append(name)
        raise OSError

    monkeypatch.setattr(app, "send_task", refuse)
    for _ in range(5):
        wakeup.send(wakeup.DRAIN)
    assert asked == [wakeup.DRAIN]
    monkeypatch.setattr(wakeup.breaker, "_recovery_timeout", 0)
    wakeup.send(wakeup.WORK)
    assert asked == [wakeup.DRAIN, wakeup.WORK]


# --- delivering -------------------------------------------------------------------------------
def test_handler_gets_the_event_as_it_was(thing_done, heard, tell, drain):
    tell(7, note="好")
    assert drain() == 1
    assert heard == [thing_done(subject_id=7, note="好")]
    assert drain() == 0
    assert states() == [("tests.hear", "done", 1)]


def test_failing_handler_stops_no_other(thing_done, tell, drain, caplog):
    calls = []
    listen(thing_done, "before", lambda _event: calls.append("before"))
    listen(thing_done, "broken", lambda _event: 1 / 0)
    listen(thing_done, "after", lambda _event: calls.append("after"))
    tell()
    tell()
    drain()
    assert sorted(calls) == ["after", "after", "before", "before"]
    assert sorted(states()) == [
        *[("tests.after", "done", 1)] * 2,
        *[("tests.before", "done", 1)] * 2,
        *[("tests.broken", "pending", 1)] * 2,
    ]
    assert Delivery.objects.filter(error="ZeroDivisionError").count() == 2
    assert "division by zero" not in caplog.text


def test_retries_wait_longer_each_time_and_end(thing_done, tell, drain, monkeypatch):
    monkeypatch.setattr(services, "ATTEMPTS", replace(services.ATTEMPTS, most=4))
    calls = []

    def broken(_event):
        calls.append(clock.now())
        raise ZeroDivisionError

    listen(thing_done, "broken", broken)
    tell()
    shift = timedelta(0)
    for wait in (5, 10, 20):
        with clock.shift(shift):
            assert drain() == 1
            delivery = Delivery.objects.get()
            seconds = (delivery.next_try_at - clock.now()).total_seconds()
            assert wait - 1 < seconds <= wait
            assert drain() == 0
        shift += timedelta(seconds=wait)
    with clock.shift(shift):
        drain()
    assert states() == [("tests.broken", "dead", 4)]
    assert list(queries.dead_deliveries()) == [Delivery.objects.get()]
    with clock.shift(timedelta(days=1)):
        assert drain() == 0
    assert len(calls) == 4


def test_handler_that_recovers_is_done(thing_done, tell, drain):
    outcome = [ZeroDivisionError, None]

    def flaky(_event):
        if error := outcome.pop(0):
            raise error

    listen(thing_done, "flaky", flaky)
    tell()
    drain()
    with clock.shift(timedelta(seconds=6)):
        drain()
    assert states() == [("tests.flaky", "done", 2)]
    assert Delivery.objects.get().error == ""


def test_batch_handler_takes_many_at_once(thing_done, tell, drain):
    batches = []
    listen(thing_done, "many", batches.append, batch=True)
    for number in range(7):
        tell(number)
    drain()
    assert [[event.subject_id for event in batch] for batch in batches] == [list(range(7))]


def test_one_bad_row_does_not_hold_up_its_batch(thing_done, tell, drain):
    done = []

    def many(batch):
        if any(event.subject_id == 3 for event in batch):
            raise ZeroDivisionError
        done.extend(event.subject_id for event in batch)

    listen(thing_done, "many", many, batch=True)
    for number in range(6):
        tell(number)
    drain()
    assert sorted(done) == [0, 1, 2, 4, 5]
    assert Delivery.objects.get(status="pending").entry.subject_id == 3


def test_what_no_code_knows_is_put_off_and_given_up_in_the_end(thing_done, heard, tell, drain):
    tell()
    tell()
    first, second = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=first.pk).update(handler="tests.gone")
    events._events.clear()
    drain()
    # During a rolling release another worker may know them.
    assert states() == [("tests.gone", "pending", 1), ("tests.hear", "pending", 1)]
    Delivery.objects.update(attempts=services.ATTEMPTS.most - 1, next_try_at=clock.now())
    drain()
    assert {state for _, state, _ in states()} == {"dead"}
    second.refresh_from_db()
    assert second.error == "LookupError"


def test_handler_may_publish_and_all_is_drained(thing_done, tell, drain):
    seen = []

    def chain(event):
        seen.append(event.subject_id)
        if event.subject_id < 4:
            tell(event.subject_id + 1)

    listen(thing_done, "chain", chain)
    tell(1)
    assert drain() == 4
    assert seen == [1, 2, 3, 4]


def test_handler_knows_its_entry(thing_done, tell, drain):
    seen = []
    listen(thing_done, "one", lambda _event: seen.append(context.entry_id.get()))
    entry = tell()
    drain()
    assert seen == [entry.pk]
    assert context.entry_id.get() is None


def test_handlers_are_run_again_and_do_the_thing_once(thing_done, tell, drain):
    """At least once: a handler that reads and then acts ends in the same state."""
    state = {}
    listen(thing_done, "store", lambda event: state.__setitem__(event.subject_id, event.note))
    tell(1, note="a")
    drain()
    Delivery.objects.update(status="pending", done_at=None)
    drain()
    assert state == {1: "a"}


# --- leases -----------------------------------------------------------------------------------
def test_claimed_delivery_is_nobody_elses_until_the_lease_ends(thing_done, heard, tell, drain):
    tell()
    assert len(services._claim()) == 1
    assert drain() == 0
    with clock.shift(services.ATTEMPTS.lease + timedelta(seconds=1)):
        assert drain() == 1
    assert states() == [("tests.hear", "done", 2)]


def test_delivery_that_killed_its_worker_is_tried_alone(thing_done, heard, tell):
    for number in range(3):
        tell(number)
    assert len(services._claim()) == 3
    tell(3)
    with clock.shift(services.ATTEMPTS.lease + timedelta(seconds=1)):
        assert [len(services._claim()) for _ in range(4)] == [1, 1, 1, 1]


def test_delivery_that_always_kills_is_given_up(thing_done, heard, tell, drain):
    tell()
    Delivery.objects.update(attempts=services.ATTEMPTS.most)
    drain()
    assert heard == []
    assert states() == [("tests.hear", "dead", services.ATTEMPTS.most + 1)]
    assert Delivery.objects.get().error == "the worker died each time"


def test_slow_handler_keeps_its_lease_and_gives_up_a_lost_one(thing_done, heard, tell):
    for number in range(2):
        tell(number)
    batch = services._claim()
    with clock.shift(services.ATTEMPTS.lease * 0.6):
        assert services._still_claimed(batch[0])
        Delivery.objects.filter(pk=batch[1].pk).update(next_try_at=clock.now())
        assert not services._still_claimed(batch[1])


# --- the sweep --------------------------------------------------------------------------------
def tick(due):
    """What beat does in five seconds: every task that is due by then."""
    app.loader.import_default_modules()
    for entry in due.values():
        if entry["schedule"] <= 5:
            app.tasks[entry["task"]]()


@pytest.mark.parametrize(
    ("without", "state"), [((), "done"), (("journal.drain",), "pending")], ids=["swept", "control"]
)
def test_lost_wake_up_is_swept(
    thing_done, heard, tell, monkeypatch, without, state, django_capture_on_commit_callbacks
):
    """The control proves that it is the sweep that finds it, and nothing else."""
    monkeypatch.setattr(app, "send_task", lambda _name, **_options: None)
    with django_capture_on_commit_callbacks(execute=True):
        tell()
    tick({k: v for k, v in schedule().items() if k not in without})
    assert Delivery.objects.get().status == state
    assert len(heard) == (state == "done")


def test_later_commits_with_lower_ids_are_found(thing_done, heard, tell, drain):
    """Found by status, never by "id > last": ids are given before the commit."""
    tell(1)
    drain()
    early = tell(2)
    late = tell(3)
    Delivery.objects.filter(entry=early).update(status="done")
    drain()
    Delivery.objects.filter(entry=early).update(status="pending")
    drain()
    assert [event.subject_id for event in heard] == [1, 3, 2]
    assert early.pk < late.pk


# --- keeping house ----------------------------------------------------------------------------
def test_old_deliveries_go_and_entries_stay(thing_done, heard, tell, drain):
    tell()
    drain()
    assert services.purge_deliveries() == 0
    with clock.shift(queries.KEEP_DELIVERIES + timedelta(seconds=1)):
        tell()
        assert services.purge_deliveries() == 1
    assert (Entry.objects.count(), Delivery.objects.count()) == (2, 1)


def test_age_of_the_outbox(thing_done, heard, tell, drain):
    assert queries.oldest_pending_seconds() == 0
    tell()
    with clock.shift(timedelta(seconds=90)):
        assert 90 <= queries.oldest_pending_seconds() < 120
    drain()
    with clock.shift(timedelta(seconds=90)):
        assert queries.oldest_pending_seconds() == 0


def test_what_is_put_off_is_old_but_not_overdue(thing_done, tell, drain):
    def fail(_event):
        raise ServerGone

    listen(thing_done, "hear", fail)
    tell()
    drain()
    with clock.shift(timedelta(seconds=10)):
        assert 10 <= queries.oldest_pending_seconds() < 40
        assert queries.overdue_seconds() == 0
    with clock.shift(services.ATTEMPTS.outage_pause + timedelta(seconds=7)):
        assert 7 <= queries.overdue_seconds() < 37


# --- turns ------------------------------------------------------------------------------------
def test_a_turn_ends_after_its_seconds_and_another_goes_on(thing_done, heard, tell, monkeypatch):
    monkeypatch.setattr(services, "SINGLES", 1)
    for number in range(3):
        tell(number)
    assert services.drain(seconds=0) == 0
    assert services.is_due()
    assert services.drain(seconds=60) == 3
    assert not services.is_due()


def test_a_worker_that_is_stopped_begins_no_batch(thing_done, heard, tell):
    tell()
    stopping.ask()
    try:
        assert services.drain() == 0
    finally:
        stopping.forget()
    assert services.drain() == 1


# --- dead letters -----------------------------------------------------------------------------
@pytest.fixture
def dead(thing_done, tell):
    """Two deliveries that were given up; what the handler is called with from now on."""
    calls = []
    listen(thing_done, "hear", calls.append)
    for number in (1, 2):
        tell(number)
    Delivery.objects.update(status="dead", attempts=20, error="ValueError")
    return calls


def test_dead_letters_are_tried_again(dead, drain, cast):
    ids = list(Delivery.objects.order_by("id").values_list("pk", flat=True))
    assert drain() == 0
    assert services.retry_deliveries(ids, actor=cast.operator) == 2
    assert set(Delivery.objects.values_list("status", "attempts", "error")) == {("pending", 0, "")}
    told = Entry.objects.get(event="DeliveriesRetried")
    assert (told.actor, told.payload) == (cast.operator, {"ids": ids})
    drain()
    assert [event.subject_id for event in dead] == [1, 2]


def test_only_dead_letters_are_tried_again(dead, drain, cast):
    one, two = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=two.pk).update(status="done")
    assert services.retry_deliveries([one.pk, two.pk, 10**9], actor=cast.operator) == 1
    assert services.retry_deliveries([two.pk], actor=cast.operator) == 0
    assert Entry.objects.filter(event="DeliveriesRetried").count() == 1


def test_dead_letters_are_the_operators_business(dead, cast):
    with pytest.raises(Forbidden):
        services.retry_deliveries([1], actor=cast.registrar_city)
    for ids in ([], list(range(501))):
        with pytest.raises(InvalidInput):
            services.retry_deliveries(ids, actor=cast.operator)


# --- outages ----------------------------------------------------------------------------------
class ServerGone(Exception):
    is_outage = True


def test_an_outage_is_no_attempt_and_keeps_the_batch_together(thing_done, tell, drain, monkeypatch):
    monkeypatch.setattr(services, "ATTEMPTS", replace(services.ATTEMPTS, most=3))
    batches, is_down = [], [True]

    def index(batch):
        batches.append(len(batch))
        if is_down:
            raise ServerGone

    listen(thing_done, "index", index, batch=True)
    for number in range(4):
        tell(number)
    for _hour in range(10):
        drain()
        assert states() == [("tests.index", "pending", 0)] * 4
        Delivery.objects.update(next_try_at=clock.now())
    is_down.clear()
    drain()
    assert batches == [4] * 11
    assert {status for _, status, _ in states()} == {"done"}


def test_after_an_outage_it_is_tried_within_a_quarter_of_a_minute(thing_done, tell, drain):
    def index(_event):
        raise ServerGone

    listen(thing_done, "index", index)
    tell(1)
    before = clock.now()
    drain()
    waits = Delivery.objects.get().next_try_at - before
    assert timedelta(seconds=14) < waits < timedelta(seconds=25)
    assert Delivery.objects.get().error == "ServerGone"


def test_what_failed_once_takes_no_other_along(thing_done, tell):
    """A delivery that was tried before may be the one that kills: it is claimed alone, by any handler."""
    listen(thing_done, "many", lambda _events: None, batch=True)
    for subject in range(3):
        tell(subject)
    first, *_rest = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=first.pk).update(attempts=1)
    claimed = [[row.pk for row in services._claim()] for _ in range(2)]
    assert claimed[0] == [first.pk]
    assert first.pk not in claimed[1]
    assert len(claimed[1]) == 2
