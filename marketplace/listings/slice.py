"""What every slice of listings declares alike: a slice adds its own words and pages."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.counting import IN_TWO_WEEKS, MOMENTS
from marketplace.kernel.unreadable import is_unreadable, readable
from marketplace.listings import queries
from marketplace.listings.kind import ListingKind
from marketplace.listings.workflow import State
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import kept_rows
from marketplace.web.slices import CodePage, Overview, ReviewQueue, Section, Sitemap, Todo
from marketplace.web.slots import Answer, Contribution

MOST = 20
#: So many drafts of one kind stand on the to-do list.
MOST_DRAFTS = 5

#: What the panel of own listings counts.
_COUNTED = (
    (State.PUBLISHED, gettext_lazy("已发布")),
    (State.IN_REVIEW, gettext_lazy("待审核")),
    (State.DRAFT, gettext_lazy("草稿")),
    (State.RETURNED, gettext_lazy("已退回")),
)


def works(user: Any) -> bool:
    """Who has listings of their own: whoever works for an organisation."""
    return bool(access_of(user).orgs)


def todos_of(kind: ListingKind) -> Callable[[Any], Iterator[Todo]]:
    """What the owners of this kind should do: returned, ending soon, not finished."""
    pressing = _pressing_of(kind)

    def todos(user: Any) -> Iterator[Todo]:
        if not kind.own_counts(user).keys() & {State.RETURNED, State.PUBLISHED, State.DRAFT}:
            return
        drafts = 0
        for row in pressing(user):
            edit = kind.url("edit", row.code, "basics")
            if row.status == State.RETURNED:
                text = _("被退回：%(reason)s") % {"reason": "；".join(row.return_reasons)[:80]}
                yield Todo("undo", row.title or row.code, text, _("去修改"), edit, urgent=True)
            elif row.status == State.PUBLISHED:
                text = _("有效期将满，续期后继续展示和匹配")
                url = kind.url("act", row.code, "renew")
                yield Todo("clock", row.title, text, _("去续期"), url, row.expires_at)
            elif drafts < MOST_DRAFTS:
                drafts += 1
                text = _("草稿还没有提交")
                yield Todo("pen", row.title or row.code, text, _("继续填写"), edit, order=20)

    return todos


def _pressing_of(kind: ListingKind) -> Callable[[Any], list[Any]]:
    """The rows behind the to-dos of this kind, by a kept statement; those that cannot be read are left out."""
    kept = kept_rows(lambda user: _pressing(kind.own(user), IN_TWO_WEEKS))

    def pressing(user: Any) -> list[Any]:
        try:
            return kept(user)
        except Exception as error:
            if not is_unreadable(error):
                raise
        return readable(_pressing(kind.own(user), MOMENTS[IN_TWO_WEEKS]()))

    return pressing


def _pressing(own: QuerySet[Any], soon: datetime) -> QuerySet[Any]:
    """The returned, then those that end soon, then drafts: the order in which the list shows them.

    So the first MOST rows are enough for a list of MOST, and one query finds them.
    """
    ends_soon = Q(status=State.PUBLISHED, expires_at__lte=soon)
    place = Case(When(status=State.RETURNED, then=0), When(ends_soon, then=1), default=2)
    wanted = own.filter(Q(status__in=(State.RETURNED, State.DRAFT)) | ends_soon)
    columns = ("code", "title", "status", "return_reasons", "expires_at")
    return wanted.order_by(place, *own.query.order_by).select_related(None).only(*columns)[:MOST]


def overview_of(kind: ListingKind, title: Any, icon: str, order: int) -> Overview:
    """How many own listings are in each state."""

    def numbers(user: Any) -> list[tuple[Any, int]]:
        counted = kind.own_counts(user)
        return [(label, counted.get(state, 0)) for state, label in _COUNTED]

    return Overview(title, icon, f"{kind.name}:own", order, numbers)


def review_of(kind: ListingKind, order: int) -> ReviewQueue:
    """The submitted listings of this kind."""
    return ReviewQueue(kind.short, f"{kind.name}:review", order, kind.queue, kind.waiting)


def section_of(kind: ListingKind, order: int) -> Section:
    """How the site's search shows this kind."""
    return Section(
        kind.name,
        kind.title,
        lambda actor, codes: queries.in_order(kind.model, actor, codes),
        f"{kind.name}/{kind.noun}_found.html",
        f"{kind.name}:list",
        order,
        scope=kind.short,
    )


def code_page_of(kind: ListingKind) -> CodePage:
    """The page that a typed code of this kind leads to."""
    return CodePage(kind.prefix, kind.visible_to, f"{kind.name}:detail")


def sitemap_of(kind: ListingKind) -> Sitemap:
    """The published listings of this kind."""
    published = queries.manager(kind.model).filter(
        queries.owner_not_suspended(), status=State.PUBLISHED
    )
    return Sitemap(
        kind.name,
        lambda: published.order_by("pk").only("code", "updated_at"),
        f"{kind.name}:detail",
    )


def panel_of_owner(kind: ListingKind, label: Any, order: int) -> Contribution:
    """The newest listings of this kind on the page of their organisation."""

    def answers(_user: Any, organizations: Sequence[Any]) -> list[Answer]:
        return [
            {"url": kind.url("of_organization", org.code), "label": label} for org in organizations
        ]

    return Contribution("organization.panels", order, answers, "listings/slot_of_owner.html")
