"""Registers the journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "marketplace.journal"
    label = "journal"

    def ready(self) -> None:
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready

        triggers.connect()
