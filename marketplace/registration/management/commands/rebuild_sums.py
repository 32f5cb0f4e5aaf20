"""Rebuild the sums of the ledger from its entries, or only compare them."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.registration.queries.ledger import SumStopped
from marketplace.registration.services import verification


class Command(BaseCommand):
    help = "Rebuild the sums that are kept beside the entries of the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare only; exit code 1 when a sum differs"
        )

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        try:
            if not check:
                self.stdout.write(f"{verification.rebuild_sums()} sums written")
                return
            differing = verification.sums_that_differ()
        except SumStopped as error:
            raise CommandError(error.row) from error
        for text in differing:
            self.stderr.write(text)
        self.stdout.write(f"{len(differing)} sums differ")
        if differing:
            sys.exit(1)
