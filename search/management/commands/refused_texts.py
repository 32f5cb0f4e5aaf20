"""List the rows whose text has crashed the sentence model, or try them again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from search import vectors


class Command(BaseCommand):
    """`refused_texts [--try-again]`: a newer model may accept them."""

    help = (
        "List the rows that get no vector because the sentence model has died of their text twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--try-again", action="store_true", help="forget what was refused, on this machine"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        for row in vectors.refused():
            self.stdout.write(f"{row.kind} {row.object_id} {row.refused_at:%Y-%m-%d %H:%M}")
        if options["try_again"]:
            self.stdout.write(f"{vectors.try_again()} rows will be tried again")
