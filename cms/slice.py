"""What the shells need to know of the articles."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cms import queries
from marketplace.parties.policies import Role, access_of
from marketplace.web.slices import MenuItem, Schedule, Section, SiteLink, Slice


def _edits(user: Any) -> bool:
    return access_of(user).has(Role.EDITOR, Role.OPERATOR)


SLICE = Slice(
    "cms",
    menu=(MenuItem(_("内容编辑"), "wagtailadmin_home", "pen", "manage", 70, _edits),),
    links=(
        SiteLink("header", _("新闻动态"), "cms:news", 40),
        SiteLink("header", _("政策法规"), "cms:policies", 50),
        SiteLink("help", _("帮助中心"), "cms:help", 10),
        SiteLink("editor", _("首页"), "cms:home", 100),
        SiteLink("editor", _("新闻动态"), "cms:news", 110),
        SiteLink("editor", _("政策法规"), "cms:policies", 120),
        SiteLink("editor", _("帮助中心"), "cms:help", 130),
    ),
    sections=(
        Section(
            "articles",
            _("资讯与帮助"),
            lambda _actor, names: queries.found_pages(names),
            "cms/partials/found.html",
            "cms:search",
            40,
        ),
    ),
    sitemap_files=("/sitemap-pages.xml",),
    schedules=(Schedule("cms.publish_scheduled", every=60.0),),
)
