"""What the shells need to know of custodians."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.custody import queries, samples
from marketplace.custody.policies import READERS
from marketplace.kernel.counting import Lists
from marketplace.parties.policies import access_of
from marketplace.parties.queries.counting import counted_for_menu, counted_for_todos
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Slice, Todo

MOST = 20


def _concerned(user: Any) -> bool:
    """Who has rows in the list, or may begin one. The list of a member without either is empty."""
    access = access_of(user)
    return bool(access.binding) or access.has(*READERS) or bool(_own(user)["any"])


@counted_for_menu
def _own(user: Any) -> Lists:
    """Whether somebody who begins and reads none has rows in the list."""
    access = access_of(user)
    if access.binding or access.has(*READERS):
        return {}
    return {"any": queries.visible_to(user)[:1]}


@counted_for_menu
def _waiting(user: Any) -> Lists:
    return {"invited": queries.invitations_for(user), "rehearse": queries.open_rehearsals(user)}


@counted_for_todos
def _unfinished(user: Any) -> Lists:
    return {"keyless": queries.keyless(user)}


def _badge(user: Any) -> int:
    return _waiting(user).total()


def _to_answer(user: Any) -> Iterator[Todo]:
    """Invitations, keys to make, rehearsals to answer."""
    waiting = _waiting(user)
    for row in queries.invitations_for(user)[:MOST] if waiting["invited"] else ():
        url = reverse("custody:show", args=[row.code])
        title = _("%(name)s 邀请您担任密钥保管人") % {"name": row.organization.name}
        # A tender of somebody else waits for the answer.
        text = row.get_kind_display()
        yield Todo("lock", title, text, _("去答复"), url, urgent=True, order=16)
    for row in queries.keyless(user)[:MOST] if _unfinished(user)["keyless"] else ():
        url = reverse("custody:key", args=[row.code])
        text = row.organization.name
        yield Todo("lock", _("生成您的密钥"), text, _("去生成"), url, order=16)
    for rehearsal in queries.open_rehearsals(user)[:MOST] if waiting["rehearse"] else ():
        url = reverse("custody:rehearse", args=[rehearsal.code])
        text = rehearsal.get_cause_display()
        due = rehearsal.due_at
        yield Todo("lock", _("完成密钥演练"), text, _("去演练"), url, due, order=15)


SLICE = Slice(
    "custody",
    "marketplace.custody.urls",
    menu=(
        MenuItem(gettext_lazy("密钥保管"), "custody:list", "lock", "calls", 59, _concerned, _badge),
    ),
    todos=(_to_answer,),
    codes=(
        CodePage("MG", queries.visible_to, "custody:show"),
        CodePage("YL", queries.own_rehearsals, "custody:rehearse"),
    ),
    schedules=(Schedule("custody.tick", every=3600.0),),
    samples=Samples("custodians", 62, samples.load, samples.remove),
)
