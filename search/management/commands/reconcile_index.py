"""Compare every row with the search index, and repair what differs if asked to."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import engine
from search.errors import SearchUnavailable
from search.schema import all_specs


class Command(BaseCommand):
    """`reconcile_index [--fix] [--spec NAME]`; exit code 1 when differences were found and stay."""

    help = "List rows that the search index lacks, has in an old state, or should not have."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [spec.name for spec in all_specs()]
        parser.add_argument("--spec", choices=names, action="append", help="only this index")
        parser.add_argument("--fix", action="store_true", help="refresh the rows that differ")

    def handle(self, *_args: Any, **options: Any) -> None:
        left = 0
        for name in options["spec"] or [spec.name for spec in all_specs()]:
            try:
                found = engine.reconcile(name, fix=options["fix"])
                remaining = engine.reconcile(name) if options["fix"] and found else found
            except SearchUnavailable as error:
                raise CommandError(f"{name}: {error}") from error
            for kind in ("missing", "stale", "extra", "suggestions", "ahead"):
                ids = getattr(found, kind)
                if ids:
                    shown = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
                    self.stdout.write(f"{name}: {len(ids)} {kind}: {shown}")
            left += len(remaining.ids)
            self.stdout.write(f"{name}: {len(found.ids)} differences, {len(remaining.ids)} left")
        if left:
            sys.exit(1)
