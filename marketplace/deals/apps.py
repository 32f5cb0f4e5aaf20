"""Registers contracts: permissions, who reads their files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    name = "marketplace.deals"
    label = "deals"
    verbose_name = _("技术合同")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from marketplace.deals import handlers, policies, queries, tasks  # noqa: F401, PLC0415 -- app ready
        from marketplace.deals.models import CONTRACT_FILES  # noqa: PLC0415 -- app ready
        from marketplace.deals.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.enquiries.queries import register_contracts  # noqa: PLC0415 -- app ready
        from marketplace.enquiries.services import register_keeper  # noqa: PLC0415 -- app ready
        from marketplace.files.policies import register_reader  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        register_contracts(queries.with_contract)
        register_keeper(queries.enquiries_kept)
        register_reader(CONTRACT_FILES, queries.reads_file)
        register(SLICE)
