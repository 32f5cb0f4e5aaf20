"""Registers the public shell and what the site-wide search covers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PortalConfig(AppConfig):
    name = "marketplace.portal"
    label = "portal"

    def ready(self) -> None:
        from marketplace.achievements.models import Achievement  # noqa: PLC0415 -- app ready
        from marketplace.needs.models import Need  # noqa: PLC0415 -- app ready
        from marketplace.parties import browsing  # noqa: PLC0415 -- app ready
        from marketplace.portal import queries  # noqa: PLC0415 -- app ready

        for name, label, model in (
            ("achievements", _("科技成果"), Achievement),
            ("needs", _("技术需求"), Need),
        ):
            queries.register_section(
                queries.Section(
                    name,
                    label,
                    queries.listing_rows(model),
                    f"portal/search_{name}.html",
                    f"{name}:list",
                )
            )
        queries.register_section(
            queries.Section(
                "organizations",
                pgettext_lazy("search", "单位"),
                browsing.in_order,
                "portal/search_organizations.html",
                "parties:organizations",
            )
        )
