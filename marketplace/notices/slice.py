"""What the shells need to know of notices."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.slices import MenuItem, Slice

SLICE = Slice(
    "notices",
    "marketplace.notices.urls",
    menu=(MenuItem(_("消息"), "notices:list", "bell", "work", 90),),
)
