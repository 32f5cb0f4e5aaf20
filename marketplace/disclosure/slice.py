"""What the shells and the pages of listings need to know of disclosure."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.disclosure import queries, samples
from marketplace.disclosure.models import Grant
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import IN_A_WEEK, NOW, Lists
from marketplace.parties.policies import Role, access_of
from marketplace.parties.queries.counting import counted_for_todos, kept_rows
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, SiteLink, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: So many entries of one kind on the list of to-dos.
MOST = 20


def _works(user: Any) -> bool:
    return bool(access_of(user).orgs)


def _publishes(user: Any) -> bool:
    """Who publishes the text of the agreement, and has no organisation of their own to confirm it for."""
    access = access_of(user)
    # As the permission says, without `has_perm`: every menu asks, and a refusal costs Django two queries.
    return not access.orgs and (access.is_superuser or access.has(Role.OPERATOR))


def _requests(user: Any) -> int:
    return queries.request_count(user)


@counted_for_todos
def _waits(user: Any) -> Lists:
    """The lists behind the to-dos. Grants are counted whatever their end."""
    return {
        "accept": queries.organizations_to_accept(user, NOW),
        "ending": queries.ending_grants(user),
    }


@kept_rows
def _requested(user: Any) -> QuerySet[Grant]:
    rows = queries.requests_for(user)
    return with_columns(rows, "code", "subject_kind", "subject_id", "organization__name")[:MOST]


@kept_rows
def _ends(user: Any) -> QuerySet[Grant]:
    rows = queries.ends_soon(user, NOW, IN_A_WEEK)
    return with_columns(rows, "code", "subject_kind", "subject_id", "until")[:MOST]


def _to_answer(user: Any) -> Iterator[Todo]:
    """Requests that wait for those who bind the owner."""
    if not queries.request_count(user):
        return
    for grant, subject in queries.with_subjects(_requested(user)):
        title = subject.title if subject else grant.code
        text = _("%(name)s 申请查阅保密内容") % {"name": grant.organization.name}
        url = reverse("disclosure:grant", args=[grant.code])
        yield Todo("lock", title, text, _("去答复"), url, order=31)


def _to_accept(user: Any) -> Iterator[Todo]:
    """The agreement, for those who bind an organisation that waits for nothing else."""
    if not _waits(user)["accept"]:
        return
    for org in with_columns(queries.organizations_to_accept(user), "name")[:MOST]:
        text = _("确认后才能查阅已申请或已获授权的保密内容")
        url = reverse("disclosure:agreement")
        title = _("%(name)s：保密协议待确认") % {"name": org.name}
        yield Todo("shield", title, text, _("去确认"), url, order=41)


def _ending(user: Any) -> Iterator[Todo]:
    """Grants that end within seven days."""
    if not _waits(user)["ending"]:
        return
    for grant, subject in queries.with_subjects(_ends(user)):
        title = subject.title if subject else grant.code
        text = _("保密内容的授权即将到期")
        url = reverse("disclosure:grant", args=[grant.code])
        yield Todo("clock", title, text, _("去查看"), url, grant.until, order=61)


def _of_owner(user: Any, listings: Sequence[Any]) -> list[Answer]:
    """On the owner's page of a listing: offer a grant. No query."""
    access = access_of(user)
    return [
        {"url": reverse("disclosure:offer", args=[row.code])}
        if access.binds(row.owner_id) and row.is_open
        else None
        for row in listings
    ]


SLICE = Slice(
    "disclosure",
    "marketplace.disclosure.urls",
    menu=(
        # One entry: `disclosure/tabs.html` leads to what may be read, the log and the agreement.
        MenuItem(gettext_lazy("保密"), "disclosure:given", "lock", "talks", 51, _works, _requests),
        MenuItem(
            gettext_lazy("保密协议"), "disclosure:agreement", "shield", "manage", 41, _publishes
        ),
    ),
    links=(
        SiteLink("help", gettext_lazy("保密协议"), "disclosure:text", 51),
        SiteLink("editor", gettext_lazy("保密协议"), "disclosure:text", 191),
    ),
    todos=(_to_answer, _to_accept, _ending),
    codes=(CodePage("SQ", queries.visible_to, "disclosure:grant"),),
    schedules=(Schedule("disclosure.end_grants", every=300.0),),
    slots=(Contribution("listing.manage", 31, _of_owner, "disclosure/slot_offer.html"),),
    samples=Samples("grants of confidential parts", 51, samples.load, samples.remove),
)
