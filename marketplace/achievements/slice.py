"""What the shells need to know of achievements and of their imports."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.achievements import queries, samples
from marketplace.achievements.kind import KIND
from marketplace.achievements.workflow import BatchStatus
from marketplace.kernel.counting import Lists
from marketplace.listings import slice as listings
from marketplace.parties.queries.counting import counted_for_menu
from marketplace.web.once_a_request import once_a_request
from marketplace.web.slices import (
    MenuItem,
    ReviewQueue,
    Samples,
    Schedule,
    SiteLink,
    Slice,
    Todo,
)


@once_a_request
@counted_for_menu
def _submitted(user: Any) -> Lists:
    """Batches that somebody must still decide on; those that are being carried out are not counted."""
    return {"batches": queries.batches_to_review(user).filter(status=BatchStatus.IN_REVIEW)}


def _batches_waiting(user: Any) -> int:
    return _submitted(user)["batches"]


def _batches(user: Any) -> Iterator[Todo]:
    if count := _batches_waiting(user):
        title = ngettext("%(n)s 批导入待审核", "%(n)s 批导入待审核", count) % {"n": count}
        text = _("核对文件、条数和权利单位，整批通过或退回")
        yield Todo("upload", title, text, _("去审核"), reverse("workbench:review"), order=40)


SLICE = Slice(
    "achievements",
    "marketplace.achievements.urls",
    menu=(
        MenuItem(
            gettext_lazy("我的成果"), "achievements:own", "flask", "market", 30, listings.works
        ),
        MenuItem(
            gettext_lazy("批量导入"), "achievements:import", "upload", "market", 40, listings.works
        ),
    ),
    links=(
        SiteLink("header", gettext_lazy("科技成果"), "achievements:list", 10),
        SiteLink("find", gettext_lazy("科技成果库"), "achievements:list", 10),
        SiteLink("deal", gettext_lazy("发布成果"), "achievements:new", 20),
        SiteLink("start", gettext_lazy("发布成果"), "achievements:new", 20),
        SiteLink("browse", gettext_lazy("浏览科技成果"), "achievements:list", 10),
        SiteLink("editor", gettext_lazy("科技成果库"), "achievements:list", 10),
        SiteLink("editor", gettext_lazy("发布成果"), "achievements:new", 20),
    ),
    todos=(listings.todos_of(KIND), _batches),
    overviews=(listings.overview_of(KIND, gettext_lazy("我的成果"), "flask", 20),),
    reviews=(
        listings.review_of(KIND, 20),
        ReviewQueue(
            gettext_lazy("批量导入"),
            "achievements:batch_review",
            10,
            queries.batches_to_review,
            _batches_waiting,
            template="achievements/batch_queue.html",
        ),
    ),
    sections=(listings.section_of(KIND, 10),),
    codes=(listings.code_page_of(KIND),),
    sitemaps=(listings.sitemap_of(KIND),),
    schedules=(Schedule("achievements.expire", every=300.0),),
    slots=(listings.panel_of_owner(KIND, gettext_lazy("这个单位的科技成果"), 20),),
    samples=Samples("achievements", 20, samples.load, samples.remove),
)
