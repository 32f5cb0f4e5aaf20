"""Registers tenders."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    name = "marketplace.tenders"
    label = "tenders"

    def ready(self) -> None:
        from marketplace.tenders import handlers, index, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.tenders.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
