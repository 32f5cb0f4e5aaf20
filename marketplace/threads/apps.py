"""Registers the threads slice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThreadsConfig(AppConfig):
    name = "marketplace.threads"
    label = "threads"
    verbose_name = _("一事一档")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.threads.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
