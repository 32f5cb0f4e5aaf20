"""How tasks run: queues by urgency, limits, late acknowledgement; and that every task has its place."""

import pytest

from deploy import celery
from deploy.beat import schedule
from deploy.celery import app
from marketplace.journal import stopping, wakeup


@pytest.fixture(autouse=True)
def _all_tasks():
    """As a worker does when it starts."""
    app.loader.import_default_modules()


def queue_of(task):
    route = app.amqp.router.route({}, task)
    return route["queue"].name


def test_what_somebody_waits_for_has_a_queue_of_its_own():
    assert queue_of(wakeup.DRAIN) == celery.URGENT
    assert queue_of(wakeup.WORK) == celery.BULK
    assert queue_of("needs.expire") == celery.DEFAULT
    assert queue_of("cms.publish_scheduled") == celery.DEFAULT


def test_tasks_are_repeated_rather_than_lost():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_every_task_has_limits():
    for name in (name for name in app.tasks if not name.startswith("celery.")):
        task = app.tasks[name]
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        hard = task.time_limit or app.conf.task_time_limit
        assert 0 < soft < hard < 3600, name


def test_everything_the_clock_does_is_a_task_and_expires_before_it_piles_up():
    for name, entry in schedule().items():
        assert entry["task"] in app.tasks, name
        assert entry["options"]["expires"] <= max(entry["schedule"], 60), name


def test_a_shutdown_asks_long_work_to_end():
    assert not stopping.is_asked()
    celery.worker_shutting_down.send(sender="tests", sig="SIGTERM", how="warm", exitcode=0)
    assert stopping.is_asked()
    celery.worker_init.send(sender="tests")
    assert not stopping.is_asked()
