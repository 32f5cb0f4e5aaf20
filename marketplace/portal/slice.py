"""The public shell's own pages in the site's links."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.slices import SiteLink, Slice

SLICE = Slice(
    "portal",
    links=(
        SiteLink("help", _("无障碍声明"), "portal:accessibility", 20),
        SiteLink("help", _("站点地图"), "portal:sitemap", 40),
        SiteLink("editor", _("全站搜索"), "portal:search", 80),
        SiteLink("editor", _("无障碍声明"), "portal:accessibility", 140),
        SiteLink("editor", _("站点地图"), "portal:sitemap", 150),
    ),
)
