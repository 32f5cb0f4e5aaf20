"""Registers custody."""

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    name = "marketplace.custody"
    label = "custody"

    def ready(self) -> None:
        from marketplace.custody import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.custody.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
