"""Registers disclosure, keeps its log append-only, and loads the text of the agreement after each migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DisclosureConfig(AppConfig):
    name = "marketplace.disclosure"
    label = "disclosure"

    def ready(self) -> None:
        from marketplace.disclosure import handlers, policies, services, tasks  # noqa: F401, PLC0415 -- app ready
        from marketplace.disclosure.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        triggers.append_only("disclosure_reading")
        post_migrate.connect(
            services.load_texts_after_migrate, sender=self, dispatch_uid="disclosure.texts"
        )
        register(SLICE)
