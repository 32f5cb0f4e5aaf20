"""Check that the ledger is as it was written and that its sums are those of its entries."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.registration.services import verification


class Command(BaseCommand):
    help = (
        "Check entries, sums, closed periods, reversals, registered contracts and triggers of the ledger. "
        "Exit code: 0 in order, 1 broken (the first broken row is named). "
        "A database role that owns the tables is a warning."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        report = verification.verify()
        self.stdout.write(f"{report.checked} entries checked")
        for warning in report.warnings:
            self.stderr.write(f"warning: {warning}")
        for finding in report.findings:
            self.stderr.write(f"{finding.kind}: {finding.text}")
        if report.exit_code:
            sys.exit(report.exit_code)
