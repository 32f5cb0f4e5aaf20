"""The API's documentation in the site's links."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.slices import SiteLink, Slice

SLICE = Slice(
    "api",
    links=(
        SiteLink("help", _("数据接口"), "api:docs", 30),
        SiteLink("editor", _("数据接口"), "api:docs", 190),
    ),
)
