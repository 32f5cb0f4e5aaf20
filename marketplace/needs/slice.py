"""What the shells need to know of needs."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.listings import slice as listings
from marketplace.needs import samples
from marketplace.needs.kind import KIND
from marketplace.web.slices import MenuItem, Samples, Schedule, SiteLink, Slice
from marketplace.web.slots import Answer, Contribution


def _new(_user: Any, searched: Sequence[Any]) -> list[Answer]:
    """Whoever finds nothing can ask for it; in another list, what was looked for becomes a need."""
    labels = (_("发布需求") if kind is KIND else _("发布为需求") for kind in searched)
    return [{"label": label} for label in labels]


SLICE = Slice(
    "needs",
    "marketplace.needs.urls",
    menu=(MenuItem(_("我的需求"), "needs:own", "target", "market", 20, listings.works),),
    links=(
        SiteLink("header", _("技术需求"), "needs:list", 20),
        SiteLink("find", _("技术需求库"), "needs:list", 20),
        SiteLink("deal", _("发布需求"), "needs:new", 10),
        SiteLink("start", _("发布需求"), "needs:new", 10),
        SiteLink("browse", _("浏览技术需求"), "needs:list", 20),
        SiteLink("unmet", _("发布为需求"), "needs:new", 10),
        SiteLink("editor", _("技术需求库"), "needs:list", 30),
        SiteLink("editor", _("发布需求"), "needs:new", 40),
    ),
    todos=(listings.todos_of(KIND),),
    overviews=(listings.overview_of(KIND, _("我的需求"), "target", 10),),
    reviews=(listings.review_of(KIND, 10),),
    sections=(listings.section_of(KIND, 20),),
    codes=(listings.code_page_of(KIND),),
    sitemaps=(listings.sitemap_of(KIND),),
    schedules=(Schedule("needs.expire", every=300.0),),
    slots=(
        listings.panel_of_owner(KIND, _("这个单位的技术需求"), 10),
        Contribution("listing.none", 10, _new, "needs/slot_new.html"),
    ),
    samples=Samples("needs", 30, samples.load, samples.remove),
)
