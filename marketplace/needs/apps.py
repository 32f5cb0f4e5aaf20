"""Registers the needs slice: policies, handlers and the search index declaration."""

from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "marketplace.needs"
    label = "needs"

    def ready(self) -> None:
        from marketplace.needs import handlers, index, policies  # noqa: F401, PLC0415 -- app ready
