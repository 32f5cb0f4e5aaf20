"""Registers the registration slice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationConfig(AppConfig):
    name = "marketplace.registration"
    label = "registration"
    verbose_name = _("合同登记")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.journal import triggers  # noqa: PLC0415 -- app ready
        from marketplace.registration import handlers, imports, policies  # noqa: F401, PLC0415 -- app ready
        from marketplace.registration.exports import official_export  # noqa: PLC0415 -- app ready
        from marketplace.registration.imports.columns import COLUMNS  # noqa: PLC0415 -- app ready
        from marketplace.registration.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.sheets import exports  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register(SLICE)
        exports.register(official_export(COLUMNS))
        # The sample book is removable: what is no real figure needs no protection.
        triggers.append_only("registration_ledgerentry", deletable="OLD.book = 'sample'")
