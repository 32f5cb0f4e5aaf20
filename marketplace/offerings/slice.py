"""What the shells need to know of service offers."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.listings import slice as listings
from marketplace.offerings import queries, samples
from marketplace.offerings.kind import KIND
from marketplace.taxonomy import queries as taxonomy
from marketplace.web.slices import MenuItem, Samples, Schedule, SiteLink, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: So many ending qualifications stand on the to-do list.
MOST_QUALIFICATIONS = 5


def _qualifications(user: Any) -> Iterator[Todo]:
    """Whoever shows a qualification keeps its validity up to date."""
    if not KIND.own_counts(user):
        return
    for row in queries.ending_qualifications(user, MOST_QUALIFICATIONS):
        scheme = taxonomy.label("qualification", row.scheme)
        text = _("资质 %(scheme)s（%(number)s）将到期或已到期，请更新") % {
            "scheme": scheme,
            "number": row.number,
        }
        url = KIND.url("manage", row.offering.code)
        yield Todo("shield", row.offering.title, text, _("去更新"), url, order=15)


def _filings(user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """The newest filing of each organisation, and for staff the page where it is recorded."""
    filings = queries.latest_filings(organizations)
    answers: list[Answer] = []
    for org in organizations:
        answer = {
            "filing": filings.get(org.pk),
            "may_record": user.has_perm("offerings.record_filing", org),
        }
        answers.append(answer if any(answer.values()) else None)
    return answers


SLICE = Slice(
    "offerings",
    "marketplace.offerings.urls",
    menu=(
        MenuItem(gettext_lazy("我的服务"), "offerings:own", "tag", "market", 42, listings.works),
    ),
    links=(
        SiteLink("header", gettext_lazy("科技服务"), "offerings:list", 22),
        SiteLink("find", gettext_lazy("科技服务库"), "offerings:list", 22),
        SiteLink("find", gettext_lazy("服务机构"), "offerings:providers", 32),
        SiteLink("deal", gettext_lazy("发布服务"), "offerings:new", 22),
        SiteLink("start", gettext_lazy("发布服务"), "offerings:new", 22),
        SiteLink("browse", gettext_lazy("浏览科技服务"), "offerings:list", 22),
        SiteLink("editor", gettext_lazy("科技服务库"), "offerings:list", 42),
        SiteLink("editor", gettext_lazy("发布服务"), "offerings:new", 52),
        SiteLink("editor", gettext_lazy("服务机构"), "offerings:providers", 62),
        SiteLink("editor", gettext_lazy("备案条件自查"), "offerings:filing_check", 72),
    ),
    todos=(listings.todos_of(KIND), _qualifications),
    overviews=(listings.overview_of(KIND, gettext_lazy("我的服务"), "tag", 22),),
    reviews=(listings.review_of(KIND, 22),),
    sections=(listings.section_of(KIND, 22),),
    codes=(listings.code_page_of(KIND),),
    sitemaps=(listings.sitemap_of(KIND),),
    schedules=(
        Schedule("offerings.expire", every=300.0),
        Schedule("offerings.forget_ended_qualifications", every=86_400.0),
    ),
    slots=(
        listings.panel_of_owner(KIND, gettext_lazy("这个单位的科技服务"), 22),
        Contribution("organization.facts", 12, _filings, "offerings/slot_filing.html"),
    ),
    samples=Samples("offerings", 42, samples.load, samples.remove),
)
