"""Registers the records slice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    name = "marketplace.records"
    label = "records"
    verbose_name = _("征集档案")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready
        from marketplace.records import handlers, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.records.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        triggers.append_only("records_release")
        register(SLICE)
