"""What the shells and the pages of tenders need to know of results and of the work after them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.awards import queries, samples
from marketplace.awards.models import Result, TaskBook
from marketplace.awards.workflow import Status
from marketplace.kernel import clock
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import counted_for_todos, kept_rows
from marketplace.tenders.models import Tender
from marketplace.tenders.workflow import OVER
from marketplace.tenders.workflow import Status as TenderStatus
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Sitemap, Slice, Todo
from marketplace.web.slots import Answer, Contribution

MOST = 20
#: Milestones that fall due within so many days are to-dos.
SOON = timedelta(days=14)


def _works(user: Any) -> bool:
    return bool(access_of(user).orgs)


def _sees_work(user: Any) -> bool:
    access = access_of(user)
    return bool(access.orgs) or access.has(Role.AUTHORITY, Role.AUDITOR)


@counted_for_todos
def _waits(user: Any) -> Lists:
    """The lists behind the to-dos. Milestones are counted whether due or not."""
    return {
        "check": queries.waiting_for(user),
        "answer": queries.unanswered_tenders(user),
        "publish": queries.to_publish(user),
        "accept": queries.deliveries_waiting_for(user),
        "milestones": queries.due_milestones(user, None),
    }


@kept_rows
def _unanswered(user: Any) -> QuerySet[Tender]:
    return with_columns(queries.unanswered_tenders(user), "code", "title", "results_until")[:MOST]


@kept_rows
def _unpublished(user: Any) -> QuerySet[Result]:
    return with_columns(queries.to_publish(user), "code", "tender__title")[:MOST]


@kept_rows
def _deliveries(user: Any) -> QuerySet[TaskBook]:
    rows = queries.deliveries_waiting_for(user)
    return with_columns(rows, "code", "status", "tender__title")[:MOST]


def _to_check(user: Any) -> Iterator[Todo]:
    """Results that wait for those who bind the purchaser; what is due in the law's days comes with its day."""
    if not _waits(user)["check"]:
        return
    texts = {
        Status.DRAFTED: _("核对评审结果并公示"),
        Status.PUBLICISED: _("公示期满后定标"),
        Status.AWARDED: _("签订合同"),
    }
    for row in queries.waiting_for(user)[:MOST]:
        award = queries.award_of(row)
        late = row.status == Status.AWARDED and award is not None
        due = award.contract_due if late and award is not None else row.tender.results_until
        url = reverse("awards:manage", args=[row.code])
        title = _("结果：%(title)s") % {"title": row.tender.title}
        yield Todo("gavel", title, texts[Status(row.status)], _("去办理"), url, due, order=10)


def _to_answer(user: Any) -> Iterator[Todo]:
    """Closed tenders without a result: every bidder was promised an answer with reasons by a day."""
    if not _waits(user)["answer"]:
        return
    for row in _unanswered(user):
        url = reverse("tenders:manage", args=[row.code])
        title = _("给出结果：%(title)s") % {"title": row.title}
        text = _("每一份方案都要有写明理由的答复")
        yield Todo("clock", title, text, _("去查看"), url, row.results_until, order=15)


def _to_publish(user: Any) -> Iterator[Todo]:
    """Results that wait for the operator."""
    if not _waits(user)["publish"]:
        return
    for row in _unpublished(user):
        url = reverse("awards:manage", args=[row.code])
        title = _("复核结果：%(title)s") % {"title": row.tender.title}
        yield Todo("warn", title, _("复核后公示"), _("去复核"), url, urgent=True, order=12)


def _to_accept(user: Any) -> Iterator[Todo]:
    """Works that wait for an acceptance or a decision, and milestones that are due or reported."""
    waits = _waits(user)
    for row in _deliveries(user) if waits["accept"] else ():
        url = reverse("awards:delivery", args=[row.code])
        title = _("验收：%(title)s") % {"title": row.tender.title}
        yield Todo("check", title, row.get_status_display(), _("去办理"), url, order=16)
    if not waits["milestones"]:
        return
    for one in queries.due_milestones(user, clock.today() + SOON)[:MOST]:
        url = reverse("awards:delivery", args=[one.delivery.code])
        title = _("节点：%(what)s") % {"what": one.what}
        due = clock.end_of_day(one.due_on) if one.due_on else None
        yield Todo("clock", title, one.get_status_display(), _("去办理"), url, due, order=24)


def _results(user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The public results of a tender, on its page."""
    closed = [row.pk for row in tenders if row.status in OVER]
    found = queries.of_tender(closed) if closed else {}
    return [
        {
            "results": [
                {"result": one, "entries": queries.entries_shown(one, user)}
                for one in found[row.pk]
            ]
        }
        if row.pk in found
        else None
        for row in tenders
    ]


def _golden(_user: Any, enquiries: Sequence[Any]) -> list[Answer]:
    """How the sample of the golden thread was chosen: its call, publicity and award. Sample rows only."""
    # Two slots of one page ask: the rows keep what was found.
    asked = [row for row in enquiries if not hasattr(row, "sample_award")]
    found = queries.sample_awards_of(asked) if asked else {}
    for row in asked:
        row.sample_award = found.get(row.pk)
    return [
        dict(zip(("award", "bids"), row.sample_award, strict=True)) if row.sample_award else None
        for row in enquiries
    ]


def _managed(user: Any, tenders: Sequence[Any]) -> list[Answer]:
    """The newest result of each lot, and once the tender is over the way to another one. One query."""
    found = queries.managed_of(user, [row.pk for row in tenders])
    answers: list[Answer] = []
    for row in tenders:
        over = row.status in {TenderStatus.COMPLETE, TenderStatus.FAILED, TenderStatus.CANCELLED}
        again = over and row.need.is_open and access_of(user).in_org(row.owner_id)
        results = found.get(row.pk, [])
        shown = {"results": results, "again": row.need.code if again else ""}
        answers.append(shown if results or again else None)
    return answers


SLICE = Slice(
    "awards",
    "marketplace.awards.urls",
    menu=(
        MenuItem(gettext_lazy("结果和定标"), "awards:own", "gavel", "calls", 47, _works),
        MenuItem(gettext_lazy("任务和验收"), "awards:deliveries", "check", "calls", 48, _sees_work),
    ),
    todos=(_to_check, _to_answer, _to_publish, _to_accept),
    codes=(
        CodePage("DB", queries.published_for, "awards:detail"),
        CodePage("YS", queries.deliveries_visible_to, "awards:delivery"),
    ),
    sitemaps=(Sitemap("results", queries.published, "awards:detail"),),
    schedules=(Schedule("awards.tick", every=300.0),),
    samples=Samples("results", 68, samples.load, samples.remove),
    slots=(
        Contribution("example.steps", 10, _golden, "awards/slot_example_step.html"),
        Contribution("example.panels", 5, _golden, "awards/slot_example.html"),
        Contribution("tender.panels", 30, _results, "awards/slot_results.html"),
        Contribution("tender.manage", 30, _managed, "awards/slot_manage.html"),
    ),
)
