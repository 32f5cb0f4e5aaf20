"""After a restore: this database is the one that goes on with the private files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.files import services


class Command(BaseCommand):
    help = "Say after a restore that this database sweeps the private files from now on."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Note it in the store."""
        if not services.adopt_files():
            raise CommandError("this database is empty: nothing was noted")
        self.stdout.write("the daily sweep goes on; files that this database lacks will be erased")
