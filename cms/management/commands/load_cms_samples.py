"""`load_cms_samples` loads sample articles and guides; `load_cms_samples --remove` takes them away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms import samples


class Command(BaseCommand):
    help = "Load sample news, policies and guides (示例), or remove them with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove every sample page")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or remove, saying how many pages."""
        if options["remove"]:
            self.stdout.write(f"   pages -{samples.remove()}")
            return
        made = samples.load()
        self.stdout.write(f"   pages +{made}")
