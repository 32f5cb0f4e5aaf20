"""What the shells and the pages of tenders need to know of records."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.web.slices import SiteLink, Slice
from marketplace.web.slots import Answer, Contribution


def _ways(user: Any, rows: Sequence[Any]) -> list[Answer]:
    """Below a tender: its record as open data; its pack for those who audit. One query for each of the latter."""
    return [
        {
            "record": "" if row.is_sample else reverse("records:record", args=[row.code]),
            "pack": reverse("records:pack", args=[row.code])
            if user.is_authenticated and user.has_perm("records.audit_tender", row)
            else "",
        }
        for row in rows
    ]


SLICE = Slice(
    "records",
    "marketplace.records.urls",
    no_menu="the pack is opened from the page of its tender",
    links=(
        SiteLink("help", _("开放数据"), "records:about", 70),
        SiteLink("deal", _("征集统计"), "records:figures", 39),
    ),
    slots=(Contribution("tender.panels", 90, _ways, "records/slot_ways.html"),),
)
