"""The Celery application: its queues, and its limits, kept in code; what beat sends is declared by the slices."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_init, worker_shutting_down

from deploy import broker  # noqa: F401 -- its import names the transport of `filesystem://`
from marketplace.journal import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.production")

#: Queues by urgency: what somebody waits for, what the clock does, what takes minutes.
URGENT, DEFAULT, BULK = "urgent", "default", "bulk"

app = Celery("jiebang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.task_default_queue = DEFAULT
app.conf.task_routes = {
    "journal.drain": {"queue": URGENT},
    "journal.work": {"queue": BULK},
    "journal.audit": {"queue": BULK},
}
app.conf.task_annotations = {
    # One step of a job is short; what takes longer than a turn goes back into the queue as it is.
    "journal.work": {"soft_time_limit": 1800, "time_limit": 1860},
    # Reads the whole journal: some ten million entries.
    "journal.audit": {"soft_time_limit": 3480, "time_limit": 3540},
}
app.conf.beat_scheduler = "deploy.beat:OneBeat"


@app.on_after_finalize.connect
def make_broker_folders(sender: Celery, **_: object) -> None:  # noqa: ARG001 -- Celery's signature
    """Kombu's filesystem transport does not make its folders."""
    options = app.conf.broker_transport_options or {}
    for key in ("data_folder_in", "control_folder"):
        if key in options:
            Path(options[key]).mkdir(parents=True, exist_ok=True)


@worker_init.connect
def _work_on(**_: object) -> None:
    stopping.forget()


@worker_shutting_down.connect
def _end_at_the_next_step(**_: object) -> None:
    """A warm shutdown waits for the tasks that run: let the long ones end soon, and lose nothing."""
    stopping.ask()
