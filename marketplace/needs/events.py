"""What happens to a need: `NeedPublished` and so on, as `listings.events` makes them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.listings.events import events_of

EVENTS = events_of(
    "Need",
    "needs.need",
    {
        "create": _("新建需求草稿"),
        "edit": _("修改需求内容"),
        "delete": _("删除需求草稿"),
        "remove_samples": _("移除示例需求"),
    },
    end=("solve", "Solved", pgettext_lazy("event", "标记为已解决")),
)
