"""Import a spreadsheet of achievements from the command line, in the steps of the page."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.achievements import imports, queries, services
from marketplace.achievements.models import ImportBatch
from marketplace.achievements.workflow import BatchStatus
from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.journal.services import drain
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import DomainError, InvalidInput
from marketplace.parties.queries import organization_of_code, user_by_email


class Command(BaseCommand):
    help = (
        "Import achievements (XLSX or CSV) for an organisation; they wait for review as one batch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--owner", required=True, help="code of the organisation (JG…)")
        parser.add_argument("--actor", required=True, help="e-mail of a member, or of an operator")
        parser.add_argument("--mode", choices=["all", "valid"], default="all")
        parser.add_argument(
            "--publish",
            action="store_true",
            help="review and publish too; the actor must be allowed",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.run(options)
        except InvalidInput as error:
            texts = [str(text) for texts in error.errors.values() for text in texts]
            raise CommandError(" ".join(texts)) from error
        except DomainError as error:
            raise CommandError(str(error) or type(error).__name__) from error

    def run(self, options: dict[str, Any]) -> None:
        actor = user_by_email(options["actor"])
        if actor is None:
            raise CommandError(f"nobody has the address {options['actor']}")
        batch = self.start(options["file"], organization_of_code(options["owner"]), actor)
        batch = self.work(batch)
        if batch.status == BatchStatus.FAILED:
            raise CommandError(batch.error)
        self.tell(batch)
        batch = self.work(services.confirm_import(batch, actor=actor, mode=options["mode"]))
        self.stdout.write(f"{batch.code}: {batch.counts.get('imported', 0)} in review")
        if options["publish"] and batch.status == BatchStatus.IN_REVIEW:
            batch = self.work(services.decide_batch(batch, actor=actor, act="publish"))
            drain()
            self.stdout.write(f"{batch.code}: {batch.counts.get('published', 0)} published")

    def start(self, path: Path, owner: Any, actor: Actor) -> ImportBatch:
        """Store and check a file."""
        if not path.is_file():
            raise CommandError(f"there is no file {path}")
        imports.check_head(path, path.name)
        with path.open("rb") as file:
            stored = storage.put(file)
        return services.start_import(
            owner=owner, actor=actor, file_name=path.name, file_path=stored.path
        )

    def work(self, batch: ImportBatch) -> ImportBatch:
        """Run the open jobs here, then look how the batch stands."""
        jobs.run_open()
        found = queries.batch_by_id(batch.pk)
        if found is None or found.is_stuck:
            raise CommandError("the job has failed; see the log")
        return found

    def tell(self, batch: ImportBatch) -> None:
        """What the check found."""
        counts = batch.counts
        self.stdout.write(
            f"{counts['total']} rows: {counts['new']} new, {counts['duplicate']} duplicate,"
            f" {counts['changed']} changed, {counts['bad']} bad"
        )
        for remark in counts.get("remarks", []):
            self.stdout.write(f"  {remark}")
        for problem in batch.problems[:20]:
            self.stdout.write(f"  row {problem['row']} {problem['column']}: {problem['text']}")
