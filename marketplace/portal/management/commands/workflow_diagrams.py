"""`workflow_diagrams` writes the status flows into docs/workflows.md; `--check` only compares."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.kernel.workflow import Workflow, flows

HEAD = """# Status flows

Made by `manage.py workflow_diagrams` from the tables in code. A move marked 到期自动 is made by a
scheduled task, one marked 系统自动 is the consequence of an event elsewhere, every other by a person.
"""


class Command(BaseCommand):
    help = "Write the status flows as mermaid diagrams into docs/workflows.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="fail when the file is out of date"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "workflows.md"
        text = "\n".join([HEAD, *map(_section, filter(_is_ours, flows()))])
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/workflows.md is out of date: run manage.py workflow_diagrams")


def _is_ours(flow: Workflow) -> bool:
    """Slices that live in the tests have no page in the documents."""
    return not flow.model.__module__.startswith("tests.")


def _section(flow: Workflow) -> str:
    column = "" if flow.column == "status" else f", column `{flow.column}`"
    title = f"{flow.model.__name__} (`{flow.subject}`{column})"
    return f"## {title}\n\n```mermaid\n{flow.mermaid()}\n```\n"
