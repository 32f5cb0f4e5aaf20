"""Registers the achievements slice: policies, handlers, the search index, and who may read attachments."""

from django.apps import AppConfig


class AchievementsConfig(AppConfig):
    name = "marketplace.achievements"
    label = "achievements"

    def ready(self) -> None:
        from marketplace.achievements import (  # noqa: F401, PLC0415
            exports,
            handlers,
            imports,
            index,
            kind,
            policies,
            queries,
        )
        from marketplace.achievements.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.listings.kind import register_kind  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register_kind(kind.KIND)
        register(SLICE)
