"""What the shells and lower pages need to know of tenders."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.kernel import clock
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import Lists
from marketplace.needs.models import Need
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import (
    counted_for_menu,
    counted_for_todos,
    kept_rows,
)
from marketplace.tenders import browsing, queries, samples
from marketplace.tenders.models import Question, Tender
from marketplace.tenders.policies import follows_all
from marketplace.tenders.workflow import Status
from marketplace.web.formats import time_left
from marketplace.web.lines import drawn
from marketplace.web.slices import (
    CodePage,
    MenuItem,
    ReviewQueue,
    Samples,
    Schedule,
    Section,
    SiteLink,
    Sitemap,
    Slice,
    Todo,
)
from marketplace.web.slots import Answer, Contribution

MOST = 20
ON_HOME = 4


def _works(user: Any) -> bool:
    return bool(access_of(user).orgs)


def _operates(user: Any) -> bool:
    return access_of(user).has(Role.OPERATOR)


@counted_for_todos
def _waits(user: Any) -> Lists:
    """The lists behind the to-dos. Whom challenges wait for depends on rows that are read, so theirs is wider."""
    amendments, cancellations = queries.changes_to_decide(user)
    decides = access_of(user).has(Role.OPERATOR, Role.AUTHORITY)
    changes = {"amendments": amendments, "cancellations": cancellations} if decides else {}
    return {
        "answer": queries.unanswered_for(user),
        "send": queries.to_publish(user),
        **changes,
        "screen": queries.to_screen(user),
        "argue": queries.not_argued(user),
    }


@kept_rows
def _unanswered(user: Any) -> QuerySet[Question]:
    columns = ("tender__code", "tender__title", "tender__answers_until")
    return with_columns(queries.unanswered_for(user), *columns)[:MOST]


@kept_rows
def _unsent(user: Any) -> QuerySet[Tender]:
    return with_columns(queries.to_publish(user), "code", "title", "status", "returned_by")[:MOST]


@kept_rows
def _unscreened(user: Any) -> QuerySet[Tender]:
    return with_columns(queries.to_screen(user), "code", "title")[:MOST]


def _to_answer(user: Any) -> Iterator[Todo]:
    """Questions that wait for an answer of the own organisation."""
    if not _waits(user)["answer"]:
        return
    for row in _unanswered(user):
        title = _("答复问题：%(title)s") % {"title": row.tender.title}
        url = reverse("tenders:manage", args=[row.tender.code])
        yield Todo(
            "warn",
            title,
            _("不答复会自动顺延截止时间"),
            _("去答复"),
            url,
            row.tender.answers_until,
            order=11,
        )


def _to_send(user: Any) -> Iterator[Todo]:
    """Drafts that wait for those who bind the organisation."""
    if not _waits(user)["send"]:
        return
    for row in _unsent(user):
        returned = row.status == Status.RETURNED
        words = _("已退回的征集：%(title)s") if returned else _("征集草稿：%(title)s")
        url = reverse("tenders:manage", args=[row.code])
        yield Todo(
            "pen",
            words % {"title": row.title},
            (returned and row.get_returned_by_display()) or row.get_status_display(),
            _("去修改") if returned else _("去完成"),
            url,
            urgent=returned,
            order=23,
        )


def _to_decide(user: Any) -> Iterator[Todo]:
    """Changes that wait for the operator; cancellations after an opening, for the authority."""
    amendments, cancellations = queries.changes_to_decide(user)
    waiting: tuple[tuple[str, Any, str], ...] = (
        ("amendments", amendments, _("变更待审核")),
        ("cancellations", cancellations, _("终止待审核")),
    )
    for name, rows, what in waiting:
        for row in rows[:MOST] if _waits(user)[name] else ():
            url = reverse("tenders:manage", args=[row.tender.code])
            yield Todo(
                "warn",
                row.tender.title,
                what,
                _("去审核"),
                url,
                row.tender.deadline,
                urgent=True,
                order=11,
            )


def _to_screen(user: Any) -> Iterator[Todo]:
    """Challenges that wait for the county's first look."""
    if not _waits(user)["screen"]:
        return
    for row in _unscreened(user):
        title = _("县区初审：%(title)s") % {"title": row.title}
        url = reverse("tenders:manage", args=[row.code])
        yield Todo("warn", title, _("市级资金榜单"), _("去初审"), url, order=14)


def _to_argue(user: Any) -> Iterator[Todo]:
    """Challenges that wait for the authority's argument."""
    if not _waits(user)["argue"]:
        return
    for row in with_columns(queries.to_argue(user), "code", "title")[:MOST]:
        title = _("专家论证：%(title)s") % {"title": row.title}
        url = reverse("tenders:manage", args=[row.code])
        yield Todo("warn", title, _("市级资金榜单"), _("去记录"), url, order=14)


def _queue(user: Any) -> Any:
    return queries.to_review(user).select_related("owner")


@counted_for_menu
def _submitted(user: Any) -> Lists:
    found: dict[str, Any] = {}
    if access_of(user).has(Role.REGISTRAR_COUNTY):
        found["screens"] = queries.to_screen(user)
    if not _operates(user):
        return found
    return found | {
        "tenders": queries.to_review(user),
        "changes": queries.amendments_to_decide(user),
        "ends": queries.cancellations_to_decide(user),
    }


def _follows(user: Any) -> bool:
    # Not by has_perm: without an object Django's own backend asks the database twice, on every page of the workbench.
    return bool(follows_all(user))


def _changes_waiting(user: Any) -> int:
    return _submitted(user)["changes"]


def _ends_waiting(user: Any) -> int:
    return _submitted(user)["ends"]


def _screens_waiting(user: Any) -> int:
    return _submitted(user)["screens"]


def _screens(user: Any) -> Any:
    return queries.to_screen(user).select_related("owner")


def _waiting(user: Any) -> int:
    return _submitted(user)["tenders"]


def _badges(_user: Any, listings: Sequence[Any]) -> list[Answer]:
    """揭榜中 on the card of a need that has an open tender. One query."""
    found = queries.for_need([row.pk for row in listings if isinstance(row, Need)])
    now = clock.now()
    return [
        {"tender": found[row.pk]}
        if isinstance(row, Need) and row.pk in found and found[row.pk].takes_bids(now)
        else None
        for row in listings
    ]


def _of_need(_user: Any, listings: Sequence[Any]) -> list[Answer]:
    """The tender of a need, on its page. One query."""
    found = queries.for_need([row.pk for row in listings if isinstance(row, Need)])
    return [
        {"tender": found[row.pk]} if isinstance(row, Need) and row.pk in found else None
        for row in listings
    ]


def _begin(user: Any, listings: Sequence[Any]) -> list[Answer]:
    """The button that opens an own published need as a tender, or leads to the one that is under way."""
    own = {
        row.pk
        for row in listings
        if isinstance(row, Need) and row.is_open and access_of(user).in_org(row.owner_id)
    }
    begun = queries.under_way_of(own) if own else {}
    return [
        {"need": row, "tender": begun.get(row.pk)}
        if isinstance(row, Need) and row.pk in own
        else None
        for row in listings
    ]


def _running(_user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """How many tenders of an organisation are open. One query."""
    counts = queries.running_of([org.pk for org in organizations])
    return [
        {"count": counts[org.pk], "url": f"{reverse('tenders:list')}?org={org.code}"}
        if org.pk in counts
        else None
        for org in organizations
    ]


def _left(row: Any) -> str:
    return time_left(row.deadline) if row.deadline else ""


def _on_home(_user: Any, rows: Sequence[Any]) -> list[Answer]:
    """The calls that close next. One query."""
    found = tuple(
        (row.code, row.title, str(row.ruled_by.label), row.deadline, _left(row))
        for row in queries.closing_next(clock.now())[:ON_HOME]
    )
    panel = drawn("tenders/home.html", found) if found else None
    return [{"panel": panel} if panel else None for _row in rows]


SLICE = Slice(
    "tenders",
    "marketplace.tenders.urls",
    menu=(
        MenuItem(gettext_lazy("我的征集"), "tenders:own", "gavel", "calls", 44, _works),
        MenuItem(gettext_lazy("全部征集"), "tenders:all", "gavel", "manage", 77, _follows),
        MenuItem(gettext_lazy("招标资格"), "tenders:standing", "shield", "manage", 78, _operates),
    ),
    links=(
        SiteLink("header", gettext_lazy("揭榜征集"), "tenders:list", 24),
        SiteLink("deal", gettext_lazy("揭榜征集"), "tenders:list", 24),
        SiteLink("editor", gettext_lazy("揭榜征集"), "tenders:list", 44),
    ),
    todos=(_to_answer, _to_send, _to_decide, _to_screen, _to_argue),
    reviews=(
        ReviewQueue(pgettext_lazy("queue", "征集"), "tenders:manage", 24, _queue, _waiting),
        ReviewQueue(
            gettext_lazy("市级资金榜单初审"), "tenders:manage", 23, _screens, _screens_waiting
        ),
        ReviewQueue(
            gettext_lazy("征集的变更"),
            "tenders:manage",
            24,
            queries.amendments_to_decide,
            _changes_waiting,
            "tenders/queue.html",
        ),
        ReviewQueue(
            gettext_lazy("征集的终止"),
            "tenders:manage",
            25,
            queries.cancellations_to_decide,
            _ends_waiting,
            "tenders/queue.html",
        ),
    ),
    sections=(
        Section(
            "tenders",
            gettext_lazy("揭榜征集"),
            browsing.in_order,
            "tenders/found.html",
            "tenders:list",
            12,
        ),
    ),
    codes=(CodePage("ZB", queries.published_for, "tenders:detail"),),
    sitemaps=(Sitemap("tenders", queries.published, "tenders:detail"),),
    schedules=(Schedule("tenders.tick", every=15.0),),
    samples=Samples("tenders", 63, samples.load, samples.remove),
    slots=(
        Contribution("listing.badges", 8, _badges, "tenders/slot_badge.html"),
        Contribution("listing.panels", 14, _of_need, "tenders/slot_need.html"),
        Contribution("listing.manage", 20, _begin, "tenders/slot_begin.html"),
        Contribution("organization.facts", 58, _running, "tenders/slot_running.html"),
        Contribution("home.panels", 12, _on_home, "tenders/slot_home.html"),
    ),
)
