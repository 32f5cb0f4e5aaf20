"""Registers the editorial part: rights, index, handlers, the pages every site has."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("内容管理")

    def ready(self) -> None:
        from cms import handlers, index, policies, queries, tree  # noqa: F401, PLC0415 -- app ready
        from cms.slice import SLICE  # noqa: PLC0415 -- app ready
        from marketplace.web.slices import register  # noqa: PLC0415 -- app ready

        post_migrate.connect(tree.ensure_after_migrate, sender=self, dispatch_uid="cms.tree")
        register(SLICE)
