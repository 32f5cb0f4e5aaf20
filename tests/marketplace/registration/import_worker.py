"""A process that imports the official register: `python import_worker.py COMMAND` on the database of the env.

`import FILE` checks the file, confirms the plan and carries it out; `resume` does the rest of it and looks through the
ledger. Each step prints its number inside its transaction, after its rows were written. In step HOLD the process then
waits, so that a test can kill it there.
"""

import hashlib
import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from marketplace.files import storage  # noqa: E402
from marketplace.journal import jobs, wakeup  # noqa: E402
from marketplace.registration.imports.plan import Planned  # noqa: E402
from marketplace.registration.models import RegisterImport  # noqa: E402
from marketplace.registration.queries import ledger  # noqa: E402
from marketplace.registration.services import imports  # noqa: E402
from marketplace.registration.services.verification import verify  # noqa: E402
from tests.factories.parties import make_staff  # noqa: E402

HOLD = int(os.environ.get("HOLD", "0"))
# A killed worker is missed after a second, not after minutes.
jobs.ATTEMPTS = replace(jobs.ATTEMPTS, lease=timedelta(seconds=1))
wakeup.current_app.send_task = lambda _name, **_options: None


def say(**found: Any) -> None:
    sys.stdout.write(f"{json.dumps(found)}\n")
    sys.stdout.flush()


def start(path: Path) -> None:
    """Check the file, say what was found, and confirm the plan without carrying it out."""
    call_command("migrate", verbosity=0)
    data, actor = path.read_bytes(), make_staff("registrar_city")
    batch = imports.start_import(
        actor=actor,
        file_name=path.name,
        file_path=storage.put(BytesIO(data)).path,
        file_sha256=hashlib.sha256(data).hexdigest(),
    )
    jobs.run_open()
    batch.refresh_from_db()
    with storage.open_stored(batch.plan_path) as file:
        lines = file.read().decode().split("\n")[1:]
    rows = [Planned.of(json.loads(line)) for line in lines]
    found = {row.number: [column for column, _text in row.reasons] for row in rows if row.reasons}
    say(counts=batch.counts, reasons=found, shown=len(batch.problems))
    imports.confirm_import(batch, plan=batch.plan_sha256, actor=actor)


def carry() -> None:
    """Carry the confirmed plan out."""
    real, steps = imports.carry_out, iter(range(1, 1000))

    def told(*given: Any) -> Any:
        late = real(*given)
        step = next(steps)
        say(step=step)
        if step == HOLD:
            time.sleep(60)
        return late

    imports.carry_out = told
    jobs.run_open()
    batch = RegisterImport.objects.get()
    say(status=batch.status, done=batch.done, counts=batch.counts)


def look() -> None:
    """Say what the ledger has, and what is wrong with it."""
    total = ledger.registered_total("city", "2000-01", "2100-01")
    say(
        findings=[str(one) for one in verify().findings],
        contracts=total.contracts,
        amount=total.amount_fen,
        technical=total.technical_fen,
    )


match sys.argv[1]:
    case "import":
        start(Path(sys.argv[2]))
        carry()
    case "resume":
        carry()
        look()
