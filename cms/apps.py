"""Registers the editorial part: rights, index, handlers, the pages every site has."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("内容管理")

    def ready(self) -> None:
        from wagtail.signals import post_page_move  # noqa: PLC0415 -- app ready

        from cms import (  # noqa: PLC0415 -- app ready
            handlers,  # noqa: F401
            index,  # noqa: F401
            policies,  # noqa: F401
            queries,  # noqa: F401
            site_tree,
            tree,
        )
        from cms.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        post_migrate.connect(tree.ensure_after_migrate, sender=self, dispatch_uid="cms.tree")
        for signal in (post_save, post_delete, post_page_move):
            signal.connect(site_tree.note_change, dispatch_uid="cms.site_tree")
        register(SLICE)
