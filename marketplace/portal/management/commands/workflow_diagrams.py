"""`workflow_diagrams` writes the status flows into docs/workflows.md; `--check` only compares."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.achievements.workflow import ACHIEVEMENT
from marketplace.needs.workflow import NEED
from marketplace.parties.workflow import DOSSIER, ORGANIZATION

FLOWS = {
    "需求 Need": NEED,
    "成果 Achievement": ACHIEVEMENT,
    "单位 Organization": ORGANIZATION,
    "单位认证 Verification": DOSSIER,
}


class Command(BaseCommand):
    help = "Write the status flows as mermaid diagrams into docs/workflows.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="fail when the file is out of date"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "workflows.md"
        parts = [
            "# Status flows\n\nMade by `manage.py workflow_diagrams` from the tables in code.\n"
        ]
        for title, flow in FLOWS.items():
            parts.append(f"## {title}\n\n```mermaid\n{flow.mermaid()}\n```\n")
        text = "\n".join(parts)
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/workflows.md is out of date: run manage.py workflow_diagrams")
