"""Check that the journal is as it was written."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.journal import audit


class Command(BaseCommand):
    help = (
        "Check the hash chain of the journal, the anchor file and the append-only triggers. "
        "Exit code: 0 in order, 1 broken (the first broken row is named), 2 no anchor file, "
        "3 entries without a seal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", type=Path, help="anchor file; default: the setting AUDIT_ANCHOR_FILE"
        )

        parser.add_argument(
            "--restore",
            action="store_true",
            help="write a lost anchor file anew from the journal; it proves nothing about the past",
        )

    def handle(self, *_args: Any, anchor: Path | None, restore: bool, **_options: Any) -> None:
        if restore:
            try:
                self.stdout.write(f"{audit.restore_anchor()} heads written")
            except FileExistsError as error:
                raise CommandError(f"{error} exists") from error
        report = audit.check(anchor)
        self.stdout.write(f"{report.checked} seals checked, head {report.head or '-'}")
        for finding in report.findings:
            self.stderr.write(f"{finding.kind}: {finding.text}")
        if report.exit_code:
            sys.exit(report.exit_code)
