"""What happens to a service offer: `OfferingPublished` and so on, as `listings.events` makes them."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.events import Event
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


@dataclass(frozen=True, kw_only=True)
class FilingRecorded(Event):
    """The provincial filing of an organisation was recorded; its subject is the organisation."""

    subject_kind = "parties.organization"
    label = _("记录省级备案")
    number: str = ""
    year: int = 0
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class FilingRemoved(Event):
    """A recorded filing was wrong and was removed."""

    subject_kind = "parties.organization"
    label = _("删除省级备案记录")
    number: str = ""
    year: int = 0
    reason: str = ""
