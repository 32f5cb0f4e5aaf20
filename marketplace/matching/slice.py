"""What the shells and the pages of listings need to know of matching."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kinds
from marketplace.listings.slice import works
from marketplace.listings.workflow import CONTACTABLE
from marketplace.matching import queries
from marketplace.matching.policies import OPEN
from marketplace.web.slices import MenuItem, Schedule, SiteLink, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: By the kind of listing: the other side of its matches, in the words of each page.
_WORDS = {
    "need": {
        "panel": gettext_lazy("推荐成果"),
        "link": gettext_lazy("查看与这条需求匹配的成果和理由"),
        "preview": gettext_lazy("现在就能匹配到的成果"),
    },
    "achievement": {
        "panel": gettext_lazy("匹配的需求"),
        "link": gettext_lazy("查看与这项成果匹配的需求和理由"),
        "preview": gettext_lazy("现在就能匹配到的需求"),
    },
}


def _noun(listing: Any) -> str:
    """The noun of a listing's kind; "" when matches are not made of this kind."""
    noun = next(kind.noun for kind in kinds() if isinstance(listing, kind.model))
    return noun if noun in _WORDS else ""


def _new_matches(user: Actor) -> Iterator[Todo]:
    if count := queries.new_match_count(user):
        title = ngettext("%(n)s 项新的匹配", "%(n)s 项新的匹配", count) % {"n": count}
        text = _("看看理由，标明合适或不合适")
        yield Todo("match", title, text, _("去查看"), reverse("matching:own"), order=10)


def _panels(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The matches of an open listing, fetched when the page is shown."""
    return [
        {"url": reverse(f"matching:for_{noun}", args=[row.code]), **_WORDS[noun]}
        if row.status == OPEN and (noun := _noun(row))
        else None
        for row in listings
    ]


def _previews(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """What a listing would be matched with, before it is submitted."""
    return [
        {"url": reverse(f"matching:preview_{noun}", args=[row.code]), **_WORDS[noun]}
        if (noun := _noun(row))
        else None
        for row in listings
    ]


def _links(_user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The way from the owner's page to the matches, which an expired listing still has."""
    return [
        {"url": reverse(f"matching:for_{noun}", args=[row.code])}
        if row.status in CONTACTABLE and (noun := _noun(row))
        else None
        for row in listings
    ]


def _asked_of(_user: Actor, shown: Sequence[Any]) -> list[Answer]:
    """Beside a list of problems, whoever has one may describe it at once."""
    return [{} if kind.states_a_problem else None for kind in shown]


def _asked(_user: Actor, texts: Sequence[str]) -> list[Answer]:
    return [{} for _text in texts]


SLICE = Slice(
    "matching",
    "marketplace.matching.urls",
    menu=(
        MenuItem(
            gettext_lazy("新的匹配"),
            "matching:own",
            "match",
            "market",
            50,
            works,
            queries.new_match_count,
        ),
    ),
    links=(SiteLink("editor", gettext_lazy("描述难题，找成果"), "matching:describe", 70),),
    todos=(_new_matches,),
    schedules=(Schedule("matching.read", every=3600.0),),
    slots=(
        Contribution("listing.panels", 10, _panels, "matching/slot_panel.html"),
        Contribution("listing.check", 10, _previews, "matching/slot_preview.html"),
        Contribution("listing.manage", 10, _links, "matching/slot_link.html"),
        Contribution("listing.list_actions", 10, _asked_of, "matching/slot_ask.html"),
        Contribution("search.ask", 10, _asked, "matching/slot_problem.html"),
    ),
)
