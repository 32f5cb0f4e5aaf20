"""Registers the statistics slice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatisticsConfig(AppConfig):
    name = "marketplace.statistics"
    label = "statistics"
    verbose_name = _("登记统计")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.statistics.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
