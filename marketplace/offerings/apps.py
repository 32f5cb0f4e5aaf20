"""Registers the offerings slice: policies, handlers, the search index, and who may read attachments."""

from django.apps import AppConfig


class OfferingsConfig(AppConfig):
    name = "marketplace.offerings"
    label = "offerings"

    def ready(self) -> None:
        from marketplace.listings.kind import register_kind  # noqa: PLC0415 -- app ready
        from marketplace.offerings import exports, handlers, index, kind, policies, queries  # noqa: F401, PLC0415
        from marketplace.offerings.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register_kind(kind.KIND)
        register(SLICE)
