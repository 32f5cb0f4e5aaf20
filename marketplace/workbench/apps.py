"""Registers workbench."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "marketplace.workbench"
    label = "workbench"

    def ready(self) -> None:
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready
        from marketplace.workbench.slice import SLICE  # noqa: PLC0415 -- app ready

        register(SLICE)
