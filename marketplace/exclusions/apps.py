"""Registers exclusions."""

from django.apps import AppConfig


class ExclusionsConfig(AppConfig):
    name = "marketplace.exclusions"
    label = "exclusions"

    def ready(self) -> None:
        from marketplace.exclusions import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.exclusions.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
