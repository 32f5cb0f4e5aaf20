"""Registers the taxonomy and keeps its seeds in step after each migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TaxonomyConfig(AppConfig):
    name = "marketplace.taxonomy"
    label = "taxonomy"

    def ready(self) -> None:
        from marketplace.taxonomy import policies, services  # noqa: F401, PLC0415 -- app ready
        from marketplace.taxonomy.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        post_migrate.connect(services.seed_after_migrate, sender=self, dispatch_uid="taxonomy.seed")
        post_migrate.connect(
            services.seed_calendar_after_migrate, sender=self, dispatch_uid="taxonomy.calendar"
        )
        register(SLICE)
