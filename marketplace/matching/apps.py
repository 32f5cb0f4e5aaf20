"""Registers matching: permissions, handlers, jobs."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"

    def ready(self) -> None:
        from marketplace.matching import handlers, policies, tasks  # noqa: F401, PLC0415 -- app ready
        from marketplace.matching.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
