"""Registers the parties slice: policies and handlers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "marketplace.parties"
    label = "parties"
    verbose_name = _("用户与单位")

    def ready(self) -> None:
        from marketplace.parties import handlers, index, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.parties.adapters import signals  # noqa: F401, PLC0415 -- app ready
        from marketplace.parties.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
