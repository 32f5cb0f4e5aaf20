"""Django's `migrate`, with the product's autodetector, and without queueing before a busy table.

On PostgreSQL a migration that must wait for a lock stands in front of everybody who comes after it. So
it waits for five seconds, lets them by, and tries again, ten times; what has been applied stays so.
It may itself take as long as it takes; so may building an index beside the site, which nobody queues
behind (`kernel.operations`).
"""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from marketplace.kernel.autodetector import SchemaAutodetector
from marketplace.kernel.statistics import refresh_statistics

#: How long a migration stands in front of everybody else, in seconds, and how long it lets them by.
LOCK_SECONDS, PAUSE_SECONDS = 5.0, 5.0
ATTEMPTS = 10
#: PostgreSQL's word for "the lock was not to be had in time".
_LOCK_NOT_AVAILABLE = "55P03"


class Command(migrate.Command):
    """`migrate [--lock-timeout SECONDS] [--attempts N]`, beside Django's options."""

    autodetector = SchemaAutodetector

    def add_arguments(self, parser: CommandParser) -> None:
        """Django's, and how patient it is with locks."""
        super().add_arguments(parser)
        parser.add_argument("--lock-timeout", type=float, default=LOCK_SECONDS, metavar="SECONDS")
        parser.add_argument("--attempts", type=int, default=ATTEMPTS, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; CommandError when the locks were not to be had in all attempts."""
        connection = connections[options["database"]]
        seconds, attempts = options.pop("lock_timeout"), options.pop("attempts")
        if connection.vendor != "postgresql":
            super().handle(*args, **options)
            refresh_statistics()
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            before = cursor.fetchone()[0]
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)", [f"{int(seconds * 1000)}ms"]
            )
            cursor.execute("SET statement_timeout = 0")
        try:
            self._patiently(attempts, *args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
                cursor.execute("RESET statement_timeout")

    def _patiently(self, attempts: int, *args: Any, **options: Any) -> None:
        for attempt in range(1, attempts + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                    raise
                if attempt == attempts:
                    raise CommandError(
                        "a table is in use and its lock was not to be had; nothing is half done: "
                        "run migrate again when the long transaction has ended"
                    ) from error
                self.stderr.write(f"a table is in use; trying again ({attempt} of {attempts})")
                time.sleep(PAUSE_SECONDS)
            else:
                return
