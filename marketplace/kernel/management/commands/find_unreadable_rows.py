"""Find and name rows that cannot be read."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.kernel import row_checks


class Command(BaseCommand):
    help = (
        "Look through every table for rows that cannot be read, and for figures that are read otherwise "
        "than they were written; names model, key, column and kind of error. Exit code 1 when there are any."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        count = 0
        for fault in row_checks.faults():
            count += 1
            self.stdout.write(f"{fault.label} {fault.key}: {fault.column} ({fault.error})")
        if count:
            raise CommandError(f"{count} 处无法读取，或读出的与写入的不同", returncode=1)
        self.stdout.write("每一行都能读取。")
