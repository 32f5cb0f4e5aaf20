"""Registers files."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "marketplace.files"
    label = "files"

    def ready(self) -> None:
        from marketplace.files import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.files.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
