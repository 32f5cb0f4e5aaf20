"""`load_samples` loads the sample data once; `load_samples --remove` takes it away again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.journal import services as journal
from marketplace.journal import wakeup
from marketplace.kernel.statistics import collect_after_load
from marketplace.web import samples


class Command(BaseCommand):
    help = "Load the sample data (示例), or remove it with --remove. What there is: {}."

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        """The help names what the slices have samples of."""
        self.help = self.help.format(", ".join(one.what for one in samples.declared()))
        return super().create_parser(*args, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="remove every sample")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load or remove, saying what was done."""
        if options["remove"]:
            self._remove()
        else:
            samples.load(self._progress)
            collect_after_load()

    def _remove(self) -> None:
        with wakeup.quiet():
            counts, left = samples.remove()
            journal.drain()
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        if left:
            for row in left:
                self.stdout.write(f"保留 {row.name}：{row.because}")
            raise CommandError(
                f"{len(left)} 项示例仍被真实数据引用，未能移除（其中的账号已停用）；处理后请再次执行"
            )

    def _progress(self, name: str, done: int, total: int) -> None:
        self.stdout.write(f"   {name} {done}/{total}")
        self.stdout.flush()
