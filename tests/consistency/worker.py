"""The Celery application of the proofs: the site's own, with two places where it can be hurt.

While the file DIE stands, the worker ends itself by SIGKILL, whole, between a handler's work and its
mark "done" (once: it takes the file away first). `tests.steps` is a long job that notes each step.
"""

import os
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from deploy.celery import app  # noqa: E402
from marketplace.journal import jobs, services  # noqa: E402

__all__ = ["app"]

DIE = Path(os.environ["DATA_DIR"]) / "die"
STEPS = Path(os.environ["DATA_DIR"]) / "steps"
# What a killed worker had claimed is due again after this; two minutes would be long to wait for.
for module in (services, jobs):
    module.ATTEMPTS = replace(module.ATTEMPTS, lease=timedelta(seconds=6))

_run = services._run


def run_and_die(handler, batch):
    """Do the work, and then, where the file stands, nothing more."""
    _run(handler, batch)
    if handler.batch and DIE.exists():
        DIE.unlink()
        os.killpg(os.getpgid(0), signal.SIGKILL)


services._run = run_and_die


@jobs.job("tests.steps", "步骤")
def steps(row):
    """Sixty steps of a tenth of a second."""
    for step in range(row.done, 60):
        time.sleep(0.1)
        with STEPS.open("a", encoding="utf-8") as out:
            out.write(f"{step}\n")
        jobs.advance(row, step + 1, 60)
