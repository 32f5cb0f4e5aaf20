"""Registers results and the work after an award."""

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "marketplace.awards"
    label = "awards"

    def ready(self) -> None:
        from marketplace.awards import handlers, policies, queries  # noqa: F401, PLC0415 -- app ready
        from marketplace.awards.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
