"""What the shells and the pages of organisations need to know of publicities and objections."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import counted_for_menu, counted_for_todos
from marketplace.publicity import queries, samples
from marketplace.web.slices import (
    CodePage,
    MenuItem,
    Samples,
    Schedule,
    SiteLink,
    Sitemap,
    Slice,
    Todo,
)
from marketplace.web.slots import Answer, Contribution

MOST = 20


def _concerned(user: Any) -> bool:
    access = access_of(user)
    return bool(access.orgs) or access.has(Role.AUTHORITY, Role.AUDITOR)


@counted_for_menu
def _waiting(user: Any) -> Lists:
    return {"answer": queries.to_answer(user), "rule": queries.to_rule(user)}


@counted_for_todos
def _drafts(user: Any) -> Lists:
    return {"raise": queries.drafts_to_raise(user)}


def _badge(user: Any) -> int:
    return _waiting(user).total()


def _to_answer(user: Any) -> Iterator[Todo]:
    """Objections that wait for an answer or for a remedy."""
    if not _waiting(user)["answer"]:
        return
    columns = ("code", "status", "answer_due", "publicity__title")
    for row in with_columns(queries.to_answer(user), *columns)[:MOST]:
        title = _("答复异议：%(title)s") % {"title": row.publicity.title}
        url = reverse("publicity:objection", args=[row.code])
        yield Todo(
            "warn", title, row.get_status_display(), _("去答复"), url, row.answer_due, order=12
        )


def _to_rule(user: Any) -> Iterator[Todo]:
    """What waits for the authority."""
    if not _waiting(user)["rule"]:
        return
    for row in queries.to_rule(user)[:MOST]:
        title = _("处理异议和投诉：%(title)s") % {"title": row.publicity.title}
        url = reverse("publicity:objection", args=[row.code])
        due = row.rule_due or row.admit_due
        yield Todo("warn", title, row.get_status_display(), _("去处理"), url, due, order=13)


def _to_raise(user: Any) -> Iterator[Todo]:
    """Drafts of objections, for those who may raise them."""
    if not _drafts(user)["raise"]:
        return
    for row in queries.drafts_to_raise(user)[:MOST]:
        title = _("提出异议：%(title)s") % {"title": row.publicity.title}
        url = reverse("publicity:objection", args=[row.code])
        until = None if row.publicity.is_suspended else row.publicity.ends_at
        yield Todo("pen", title, _("草稿尚未提出"), _("去提出"), url, until, order=22)


def _running(_user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """How many publicities of an organisation are running, with the way there. One query."""
    counts = queries.running_of([org.pk for org in organizations])
    return [
        {"count": counts[org.pk], "url": f"{reverse('publicity:list')}?org={org.code}"}
        if org.pk in counts
        else None
        for org in organizations
    ]


SLICE = Slice(
    "publicity",
    "marketplace.publicity.urls",
    menu=(
        MenuItem(
            gettext_lazy("公示和异议"), "publicity:own", "doc", "calls", 57, _concerned, _badge
        ),
    ),
    links=(
        SiteLink("deal", gettext_lazy("公示"), "publicity:list", 45),
        SiteLink("editor", gettext_lazy("公示"), "publicity:list", 145),
    ),
    todos=(_to_answer, _to_rule, _to_raise),
    codes=(
        CodePage("GS", queries.published_for, "publicity:detail"),
        CodePage("YY", queries.objections_visible_to, "publicity:objection"),
    ),
    sitemaps=(Sitemap("publicity", queries.published, "publicity:detail"),),
    schedules=(Schedule("publicity.tick", every=60.0),),
    samples=Samples("publicities", 61, samples.load, samples.remove),
    slots=(Contribution("organization.facts", 56, _running, "publicity/slot_running.html"),),
)
