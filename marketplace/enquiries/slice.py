"""What the shells and the pages of listings need to know of enquiries."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.enquiries import queries, samples
from marketplace.enquiries.policies import READERS, principals_of
from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kinds
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.policies import Role, access_of
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: To-dos of one person that are shown; the inbox has all.
MOST_TODOS = 20


def _has_an_inbox(user: Any) -> bool:
    access = access_of(user)
    return bool(access.orgs) or access.has(*READERS) or bool(principals_of(user))


def _to_answer(user: Actor) -> Iterator[Todo]:
    for enquiry in queries.todo_rows(user, MOST_TODOS):
        first = enquiry.first_answer_at is None
        title = _("答复咨询：%(title)s") if first else _("回复消息：%(title)s")
        yield Todo(
            "chat",
            title % {"title": enquiry.listing_title},
            enquiry.code,
            _("去答复"),
            reverse("enquiries:show", args=[enquiry.code]),
            enquiry.answer_due_at if first else None,
            order=13,
        )


def _to_settle(user: Actor) -> Iterator[Todo]:
    """What was left for the operator, since a refusal would have named a hidden owner."""
    if access_of(user).has(Role.OPERATOR):
        for enquiry in queries.for_operator()[:MOST_TODOS]:
            url = reverse("enquiries:show", args=[enquiry.code])
            title = _("核实咨询：%(title)s") % {"title": enquiry.listing_title}
            yield Todo("shield", title, enquiry.code, _("去核实"), url, order=23)


def _kind_of(listing: Any) -> str:
    return next(kind.name for kind in kinds() if isinstance(listing, kind.model))


def _asks(user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The button to ask, or the way to what was asked. One query for people who ask for somebody."""
    access, kind = access_of(user), _kind_of(listings[0])
    asked = queries.asked_by_orgs(user, kind, [row.pk for row in listings])
    answers: list[Answer] = []
    for row in listings:
        if row.pk in asked:
            answers.append({"asked": asked[row.pk]})
        elif row.status in CONTACTABLE and set(access.orgs) != {row.owner_id}:
            answers.append({"url": reverse("enquiries:ask", args=[kind, row.code])})
        else:
            answers.append(None)
    return answers


def _asks_with_reasons(user: Actor, cards: Sequence[Any]) -> list[Answer]:
    """From a stored match the reasons travel along. No query."""
    access = access_of(user)
    return [
        {
            "url": reverse("enquiries:ask", args=[_kind_of(card.other), card.other.code]),
            "match": card.code,
        }
        if card.code and access.orgs and set(access.orgs) != {card.other.owner_id}
        else None
        for card in cards
    ]


def _received(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """How many enquiries a listing has had, for its owner. One query."""
    counts = queries.counts_of_listings(_kind_of(listings[0]), [row.pk for row in listings])
    return [
        {"count": counts[row.pk], "url": f"{reverse('enquiries:inbox')}?listing={row.code}"}
        if row.pk in counts
        else None
        for row in listings
    ]


SLICE = Slice(
    "enquiries",
    "marketplace.enquiries.urls",
    menu=(
        MenuItem(
            gettext_lazy("咨询与洽谈"),
            "enquiries:inbox",
            "chat",
            "work",
            53,
            _has_an_inbox,
            queries.waiting_count,
        ),
    ),
    todos=(_to_answer, _to_settle),
    codes=(CodePage("ZX", queries.visible_to, "enquiries:show"),),
    schedules=(Schedule("enquiries.purge_codes", every=3600.0),),
    samples=Samples("enquiries", 53, samples.load, samples.remove),
    slots=(
        Contribution("listing.actions", 13, _asks, "enquiries/slot_ask.html"),
        Contribution("match.actions", 13, _asks_with_reasons, "enquiries/slot_match.html"),
        Contribution("listing.manage", 13, _received, "enquiries/slot_received.html"),
    ),
)
