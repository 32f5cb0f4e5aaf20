"""Registers listings: what all kinds share."""

from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "marketplace.listings"
    label = "listings"

    def ready(self) -> None:
        from marketplace.listings import tasks  # noqa: F401, PLC0415 -- app ready
