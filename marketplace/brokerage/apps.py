"""Registers the brokerage slice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BrokerageConfig(AppConfig):
    name = "marketplace.brokerage"
    label = "brokerage"
    verbose_name = _("技术经纪")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.brokerage import handlers, index, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.brokerage.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
