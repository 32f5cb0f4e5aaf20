"""Write the ranking that `match` gives for the queries of a benchmark."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search.errors import SearchUnavailable
from search.evaluation import MODES, read_dataset, run
from search.schema import all_specs

CACHE = "embeddings/evaluation.f32"


def _url(backend: str, given: str | None) -> str:
    """The address of the engine that is to be evaluated."""
    if backend == "embedded":
        return "embedded://"
    url = given or str(settings.SEARCH_URL)
    if not url.startswith("elasticsearch"):
        raise CommandError("name a cluster: --url elasticsearch://HOST:PORT/PREFIX, or SEARCH_URL")
    return url


def _written_as(given: str | None) -> str:
    """The index whose preparer the queries go through; none when several could be meant."""
    if given is not None and given not in {spec.name for spec in all_specs()}:
        raise CommandError(f"there is no index {given!r}")
    preparing = [spec.name for spec in all_specs() if spec.prepare is not None]
    return given or (preparing[0] if len(preparing) == 1 else "")


class Command(BaseCommand):
    """`evaluate_search --data DIR --run OUT.tsv`: query id, document id, score; 100 per query."""

    help = "Rank the queries of a benchmark over a throw-away index and write the run."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", required=True, type=Path, help="folder of the data set")
        parser.add_argument("--run", required=True, type=Path, help="file to write (TSV)")
        parser.add_argument("--mode", choices=MODES, default="lexical")
        parser.add_argument("--backend", choices=["embedded", "elasticsearch"], default="embedded")
        parser.add_argument(
            "--written-as",
            metavar="INDEX",
            help="the index whose texts the queries are like; the one that prepares texts by default",
        )
        parser.add_argument("--url", help="the cluster; SEARCH_URL when that names one")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            data = read_dataset(options["data"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"{options['data']} is no data set: {error}") from error
        cache = Path(settings.DATA_DIR) / CACHE
        lines = run(
            data,
            mode=options["mode"],
            url=_url(options["backend"], options["url"]),
            cache=cache,
            note=self._note,
            written_as=_written_as(options["written_as"]),
        )
        written = 0
        try:
            with options["run"].open("w", encoding="utf-8") as out:
                for qid, docid, score in lines:
                    out.write(f"{qid}\t{docid}\t{score:.6f}\n")
                    written += 1
        except (OSError, RuntimeError, SearchUnavailable) as error:
            raise CommandError(str(error)) from error
        self._note(f"{written} lines for {len(data.queries)} queries in {options['run']}")

    def _note(self, line: str) -> None:
        self.stderr.write(line)
