"""Registers files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "marketplace.files"
    label = "files"

    def ready(self) -> None:
        from marketplace.files import handlers, policies  # noqa: F401, PLC0415 -- app ready
