"""What the shells and the pages of lower slices need to know of contracts."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.deals import queries, samples
from marketplace.deals.models import Amendment, Contract
from marketplace.deals.queries.listings import (
    contract_counts,
    contracts_of_listings,
    signed_listings,
)
from marketplace.deals.queries.waiting import (
    amendments_to_answer,
    intents_to_draft,
    texts_and_signatures,
    texts_to_confirm,
    to_sign,
    waiting_count,
)
from marketplace.enquiries.models import Intent
from marketplace.enquiries.policies import sides
from marketplace.enquiries.workflow import IntentStatus
from marketplace.kernel.actors import Actor
from marketplace.kernel.columns import with_columns
from marketplace.kernel.counting import Lists
from marketplace.listings.kind import kinds
from marketplace.parties.policies import REGISTRARS, Role, access_of
from marketplace.parties.queries.counting import counted_for_todos, kept_rows
from marketplace.web.slices import CodePage, MenuItem, Samples, Schedule, Slice, Todo
from marketplace.web.slots import Answer, Contribution

#: To-dos of one person that are shown; the list has all.
MOST_TODOS = 20
_LISTINGS = frozenset({"needs", "achievements"})


def _has_contracts(user: Any) -> bool:
    access = access_of(user)
    return bool(access.orgs) or access.has(*REGISTRARS, Role.AUTHORITY, Role.AUDITOR, Role.BROKER)


@counted_for_todos
def _waits(user: Any) -> Lists:
    return {
        "draft": intents_to_draft(user),
        "answer": amendments_to_answer(user),
        "trace": queries.origins_to_confirm(user),
    }


@kept_rows
def _texts(user: Any) -> QuerySet[Contract]:
    return with_columns(texts_to_confirm(user), "code", "title")[:MOST_TODOS]


@kept_rows
def _signatures(user: Any) -> QuerySet[Contract]:
    return with_columns(to_sign(user), "code", "title")[:MOST_TODOS]


@kept_rows
def _agreed(user: Any) -> QuerySet[Intent]:
    return with_columns(intents_to_draft(user), "code", "enquiry__listing_title")[:MOST_TODOS]


@kept_rows
def _amendments(user: Any) -> QuerySet[Amendment]:
    rows = amendments_to_answer(user)
    return with_columns(rows, "contract__code", "contract__title")[:MOST_TODOS]


@kept_rows
def _imported(user: Any) -> QuerySet[Contract]:
    return with_columns(queries.origins_to_confirm(user), "code", "title")[:MOST_TODOS]


def _to_confirm(user: Actor) -> Iterator[Todo]:
    if not texts_and_signatures(user)["texts"]:
        return
    for contract in _texts(user):
        title = _("确认合同定稿：%(title)s") % {"title": contract.title}
        url = reverse("deals:text", args=[contract.code])
        yield Todo("doc", title, contract.code, _("去确认"), url, order=15)


def _to_sign(user: Actor) -> Iterator[Todo]:
    if not texts_and_signatures(user)["sign"]:
        return
    for contract in _signatures(user):
        title = _("登记合同签订：%(title)s") % {"title": contract.title}
        url = reverse("deals:sign", args=[contract.code])
        yield Todo("pen", title, _("定稿双方已确认"), _("去登记"), url, order=25)


def _to_draft(user: Actor) -> Iterator[Todo]:
    """Agreed intents whose seller has not begun the contract."""
    if not _waits(user)["draft"]:
        return
    for intent in _agreed(user):
        title = _("起草合同：%(title)s") % {"title": intent.enquiry.listing_title}
        url = reverse("deals:new_from_intent", args=[intent.code])
        yield Todo("doc", title, _("意向双方已确认"), _("去起草"), url, order=35)


def _to_answer(user: Actor) -> Iterator[Todo]:
    if not _waits(user)["answer"]:
        return
    for amendment in _amendments(user):
        title = _("答复合同变更：%(title)s") % {"title": amendment.contract.title}
        url = reverse("deals:show", args=[amendment.contract.code])
        yield Todo("doc", title, amendment.contract.code, _("去答复"), url, order=16)


def _to_trace(user: Actor) -> Iterator[Todo]:
    """Imported contracts for which a record was found that they may have come from."""
    if not _waits(user)["trace"]:
        return
    for contract in _imported(user):
        title = _("确认合同来源：%(title)s") % {"title": contract.title}
        url = reverse("deals:origin", args=[contract.code])
        yield Todo("list", title, contract.code, _("去确认"), url, order=45)


def _of_intents(user: Actor, intents: Sequence[Any]) -> list[Answer]:
    """The contract of an agreed intent, or the button that begins it. The page of one intent shows it."""
    return [_of_intent(user, row) for row in intents]


def _of_intent(user: Actor, intent: Any) -> Answer:
    if intent.status != IntentStatus.ACCEPTED or not sides(user, intent.enquiry):
        return None
    contract = queries.contract_of_intent(intent.pk)
    if contract is not None:
        return {"contract": contract} if user.has_perm("deals.view_contract", contract) else None
    if not _may_begin(user, intent.enquiry):
        return None
    return {"url": reverse("deals:new_from_intent", args=[intent.code])}


def _of_enquiries(user: Actor, enquiries: Sequence[Any]) -> list[Answer]:
    """The contract of an enquiry, or the button that begins one while both sides talk. Two queries."""
    found = queries.contracts_of_enquiries([row.pk for row in enquiries])
    return [_of_enquiry(user, row, found.get(row.pk)) for row in enquiries]


def _of_enquiry(user: Actor, enquiry: Any, contract: Any) -> Answer:
    if contract is not None:
        return {"contract": contract} if user.has_perm("deals.view_contract", contract) else None
    begins = (
        enquiry.kind in _LISTINGS
        and enquiry.asker_id is not None
        and enquiry.first_answer_at is not None
        and _may_begin(user, enquiry)
    )
    return {"url": reverse("deals:new_from_enquiry", args=[enquiry.code])} if begins else None


def _may_begin(user: Actor, enquiry: Any) -> bool:
    """The person works for a party and may learn who the other is: what `create_from_enquiry` asks for."""
    access = access_of(user)
    of_owner = access.in_org(enquiry.owner_id)
    if not of_owner and (enquiry.owner_is_hidden or not access.in_org(enquiry.asker_id)):
        return False
    return bool(user.has_perm("deals.create_contract"))


def _signed(user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """已签约 on a need or an achievement, for the members of the parties alone. One query."""
    found = signed_listings(user, _kind_of(listings[0]), [row.pk for row in listings])
    return [{} if row.pk in found else None for row in listings]


def _contracts(user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The contracts about a listing, for the members of their parties alone. One query."""
    found = contracts_of_listings(user, _kind_of(listings[0]), [row.pk for row in listings])
    return [{"contracts": found[row.pk]} if row.pk in found else None for row in listings]


def _of_organizations(user: Actor, organizations: Sequence[Any]) -> list[Answer]:
    """The way from the page of an organisation to its contracts, for its members. One query."""
    access = access_of(user)
    own = [org.pk for org in organizations if access.in_org(org.pk)]
    counts = contract_counts(own) if own else {}
    return [{"count": counts.get(org.pk, 0)} if org.pk in own else None for org in organizations]


def _of_listings(user: Actor, listings: Sequence[Any]) -> list[Answer]:
    """The owner begins a contract from the page on which it manages a need or an achievement. No query."""
    access, kind = access_of(user), _kind_of(listings[0])
    if kind not in _LISTINGS or not user.has_perm("deals.create_contract"):
        return [None] * len(listings)
    return [
        {"url": reverse("deals:new_from_listing", args=[kind, row.code])}
        if access.in_org(row.owner_id)
        else None
        for row in listings
    ]


def _kind_of(listing: Any) -> str:
    return next(kind.name for kind in kinds() if isinstance(listing, kind.model))


SLICE = Slice(
    "deals",
    "marketplace.deals.urls",
    menu=(
        MenuItem(
            gettext_lazy("技术合同"),
            "deals:list",
            "deal",
            "talks",
            58,
            _has_contracts,
            waiting_count,
        ),
    ),
    todos=(_to_confirm, _to_answer, _to_sign, _to_draft, _to_trace),
    codes=(CodePage("HT", queries.visible_to, "deals:show"),),
    schedules=(
        Schedule("deals.remind_due", every=24 * 3600.0),
        Schedule("deals.propose_origins", every=24 * 3600.0),
    ),
    samples=Samples("contracts", 70, samples.load, samples.remove),
    slots=(
        Contribution("intent.actions", 10, _of_intents, "deals/slot_intent.html"),
        Contribution("enquiry.actions", 60, _of_enquiries, "deals/slot_enquiry.html"),
        Contribution("listing.badges", 10, _signed, "deals/slot_badge.html"),
        Contribution("listing.panels", 60, _contracts, "deals/slot_contracts.html"),
        Contribution("organization.manage", 60, _of_organizations, "deals/slot_organization.html"),
        Contribution("listing.manage", 60, _of_listings, "deals/slot_listing.html"),
    ),
)
