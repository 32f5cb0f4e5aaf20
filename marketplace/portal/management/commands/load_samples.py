"""`load_samples` loads the sample data once; `load_samples --remove` takes it away again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.portal import samples


class Command(BaseCommand):
    help = "Load the sample data (示例), or remove it with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove every sample")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or remove, saying what was done."""
        if options["remove"]:
            for name, count in samples.remove().items():
                self.stdout.write(f"{name}: {count}")
            return
        samples.load(self._progress)

    def _progress(self, name: str, done: int, total: int) -> None:
        self.stdout.write(f"   {name} {done}/{total}")
        self.stdout.flush()
