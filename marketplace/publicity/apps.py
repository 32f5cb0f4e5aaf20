"""Registers publicity and its subjects."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "marketplace.publicity"
    label = "publicity"

    def ready(self) -> None:
        from marketplace.publicity import handlers, policies, queries  # noqa: F401, PLC0415 -- app ready
        from marketplace.publicity.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
