"""Rebuild the search index from the rows; the old one answers until the new one is complete."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search import engine
from search.errors import SearchUnavailable
from search.schema import all_specs, get


class Command(BaseCommand):
    """`rebuild_index [--spec NAME]`, with progress."""

    help = "Build the search index anew, all of it or one index."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [spec.name for spec in all_specs()]
        parser.add_argument("--spec", choices=names, action="append", help="only this index")
        parser.add_argument(
            "--prune", action="store_true", help="then remove what only older releases could use"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        for name in options["spec"] or [spec.name for spec in all_specs()]:

            def progress(done: int, total: int | None, name: str = name) -> None:
                self.stdout.write(f"{name}: {done}" + (f" / {total}" if total else ""))

            try:
                count = engine.rebuild(name, progress=progress)
            except SearchUnavailable as error:
                raise CommandError(f"{name}: {error}") from error
            self.stdout.write(self.style.SUCCESS(f"{name}: {count} rows indexed"))
            if options["prune"]:
                gone = engine.backend().prune(get(name))
                self.stdout.write(f"{name}: {len(gone)} older indexes removed")
