"""The Celery application and its beat schedule, kept in code: one place says what runs when."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deploy.settings.dev")

app = Celery("jiebang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {"task": "journal.drain", "schedule": 5.0, "options": {"expires": 5}},
    "needs": {"task": "needs.expire", "schedule": 300.0, "options": {"expires": 300}},
    "achievements": {"task": "achievements.expire", "schedule": 300.0, "options": {"expires": 300}},
    "files": {"task": "files.sweep", "schedule": 86400.0, "options": {"expires": 3600}},
    "pages": {"task": "cms.publish_scheduled", "schedule": 60.0, "options": {"expires": 60}},
    "purge": {"task": "journal.purge", "schedule": 3600.0, "options": {"expires": 3600}},
}


@app.on_after_finalize.connect
def make_broker_folders(sender: Celery, **_: object) -> None:  # noqa: ARG001 -- Celery's signature
    """Kombu's filesystem transport does not make its folders."""
    options = app.conf.broker_transport_options or {}
    for key in ("data_folder_in", "control_folder"):
        if key in options:
            Path(options[key]).mkdir(parents=True, exist_ok=True)
