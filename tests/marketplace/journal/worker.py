"""A real worker process for the proof tests: `python worker.py COMMAND` on the database of the env.

`setup` makes the tables, `publish` records a fact, `drain` delivers and runs jobs. With KILL=1 the
process ends itself by SIGKILL between a handler's work and the mark "done", or in a job's fifth
step. Each piece of work is a line in the file EFFECTS.
"""

import os
import signal
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from marketplace.journal import jobs, services, tasks, triggers, wakeup  # noqa: E402
from marketplace.journal.models import Delivery, Entry, Job  # noqa: E402
from marketplace.kernel.events import Event, on  # noqa: E402

EFFECTS = Path(os.environ["EFFECTS"])
KILL = os.environ.get("KILL") == "1"
for module in (services, jobs):
    module.ATTEMPTS = replace(module.ATTEMPTS, lease=timedelta(seconds=1))
wakeup.current_app.send_task = lambda _name, **_options: None


@dataclass(frozen=True, kw_only=True)
class ProcessTold(Event):
    subject_kind = "tests.process"
    label = "told"


def note(text: str) -> None:
    with EFFECTS.open("a", encoding="utf-8") as out:
        out.write(f"{text}\n")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@on(ProcessTold)
def write(event: ProcessTold) -> None:
    note(f"handled {event.subject_id}")


@jobs.job("tests.steps", "steps")
def steps(row: Job) -> None:
    for step in range(row.done, 8):
        if KILL and step == 5:
            die()
        note(f"step {step}")
        jobs.advance(row, step + 1, 8)


if KILL:
    run = services._run

    def run_and_die(handler, batch):
        run(handler, batch)
        die()

    services._run = run_and_die

match sys.argv[1]:
    case "setup":
        with connection.schema_editor() as editor:
            for model in (get_user_model(), Entry, Delivery, Job):
                editor.create_model(model)
        triggers.lay()
    case "publish":
        with transaction.atomic():
            services.publish(ProcessTold(subject_id=1), actor=None)
    case "rollback":
        with transaction.atomic():
            services.publish(ProcessTold(subject_id=1), actor=None)
            die()
    case "job":
        jobs.start_job("tests.steps", actor=None, payload={})
    case "drain":
        tasks.drain()
        jobs.run_open()
