"""What the shells and the pages of organisations need to know of visits."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.parties.policies import access_of
from marketplace.web.slices import CodePage, MenuItem, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution
from tests.worked_slice import queries


def _works(user: Any) -> bool:
    return bool(access_of(user).orgs)


def _requests(user: Any) -> int:
    return queries.to_answer(user).count()


def _to_answer(user: Any) -> Iterator[Todo]:
    for visit in queries.to_answer(user)[:20]:
        title = _("%(name)s 预约参观") % {"name": visit.guest.name}
        url = reverse("visits:show", args=[visit.code])
        yield Todo("building", title, visit.purpose, _("去答复"), url, visit.answer_by)


def _asks(user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """A button for members of other organisations. No query."""
    access = access_of(user)
    may = bool(access.orgs)
    return [
        {"url": reverse("visits:ask", args=[org.code])}
        if may and org.is_verified and not access.in_org(org.pk)
        else None
        for org in organizations
    ]


def _visits_had(_user: Any, organizations: Sequence[Any]) -> list[Answer]:
    """How many visits an organisation has agreed to, for everybody. One query."""
    counts = queries.agreed_by_host([org.pk for org in organizations])
    return [{"count": counts[org.pk]} if org.pk in counts else None for org in organizations]


SLICE = Slice(
    "visits",
    "tests.worked_slice.urls",
    menu=(
        MenuItem(gettext_lazy("参观"), "visits:list", "building", "work", 60, _works, _requests),
    ),
    todos=(_to_answer,),
    codes=(CodePage("CF", queries.visible_to, "visits:show"),),
    schedules=(Schedule("visits.lapse", every=300.0),),
    slots=(
        Contribution("organization.panels", 50, _asks, "visits/slot_ask.html"),
        Contribution("organization.facts", 50, _visits_had, "visits/slot_facts.html"),
    ),
)
