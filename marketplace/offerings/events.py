"""What happens to a service offer: `OfferingPublished` and so on, as `listings.events` makes them."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.events import events_of

EVENTS = events_of(
    "Offering",
    "offerings.offering",
    {
        "create": _("新建服务草稿"),
        "edit": _("修改服务内容"),
        "delete": _("删除服务草稿"),
        "remove_samples": _("移除示例服务"),
    },
    end=None,
)
