"""Registers the rebuild of indexes: the right to it, and the runners of its jobs."""

from django.apps import AppConfig


class IndexingConfig(AppConfig):
    name = "marketplace.indexing"
    label = "indexing"

    def ready(self) -> None:
        from marketplace.indexing import policies, tasks  # noqa: F401, PLC0415 -- app ready
