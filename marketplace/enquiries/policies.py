"""Who sees an enquiry, who writes in it, and for which side.

The members of both organisations are its sides. A slice above may add parties that see an enquiry
(`register_party`), and people who write for an organisation that they do not work for (`register_proxy`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Q

import rules

from marketplace.enquiries.rulebook import ASKER, OWNER
from marketplace.enquiries.workflow import LeadStatus
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of

#: Staff who read every enquiry and write in none.
READERS = (Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)

#: Takes (user, enquiry): whether the person sees it.
Party = Callable[[Any, Any], bool]
#: Takes a user: the rows of which the same is true, as a condition on `Enquiry`; None for no rows.
Rows = Callable[[Any], Q | None]
#: Takes (user, org_id): whether the person may write in the name of this organisation.
Proxy = Callable[[Any, int], bool]
#: Takes a user: the organisations of which the same is true.
Principals = Callable[[Any], Iterable[int]]

_parties: list[tuple[Party, Rows]] = []
_proxies: list[tuple[Proxy, Principals]] = []
_callers: list[Principals] = []


def register_party(predicate: Party, rows: Rows) -> None:
    """Let further people see enquiries; `rows` is the list-side twin of `predicate`. Called at the start."""
    if (predicate, rows) not in _parties:
        _parties.append((predicate, rows))


def register_proxy(predicate: Proxy, principals: Principals) -> None:
    """Let people write for organisations that they do not work for. Called at the start."""
    if (predicate, principals) not in _proxies:
        _proxies.append((predicate, principals))


def register_caller(clients: Principals) -> None:
    """Let people log contacts for organisations that they act for in some matter. Called at the start."""
    if clients not in _callers:
        _callers.append(clients)


def clients_of(user: Actor) -> set[int]:
    """The organisations for which the person logs contacts without working for them."""
    return {org_id for clients in _callers for org_id in clients(user)}


#: The principals of each person, by key, while `principals_once` holds.
_known: ContextVar[dict[Any, set[int]] | None] = ContextVar("known_principals", default=None)


@contextmanager
def principals_once() -> Iterator[None]:
    """Within it the principals of a person are looked up once, not for each row of a list."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def is_proxy_of(user: Actor, org_id: int | None) -> bool:
    """The person writes for this organisation without working for it."""
    known = _known.get()
    if known is not None:
        if user.pk not in known:
            known[user.pk] = principals_of(user)
        return org_id in known[user.pk]
    return org_id is not None and any(proxy(user, org_id) for proxy, _orgs in _proxies)


def principals_of(user: Actor) -> set[int]:
    """The organisations for which the person writes without working for them."""
    return {org_id for _proxy, orgs in _proxies for org_id in orgs(user)}


def rows_of_parties(user: Actor) -> Q:
    """The condition on enquiries that `register_party` adds for this person; an empty Q adds none."""
    found = Q()
    for _party, rows in _parties:
        condition = rows(user)
        if condition is not None:
            found |= condition
    return found


def writes_for(user: Actor, org_id: int | None) -> bool:
    """The person asks and writes for this organisation: as a member or as a proxy."""
    return access_of(user).in_org(org_id) or is_proxy_of(user, org_id)


def sides(user: Actor, enquiry: Any) -> frozenset[str]:
    """The sides for which a person writes: "owner", "asker", both or none.

    A visitor who came by a link is the asker of one enquiry: `services.visitors.Guest`. A proxy is of no side
    of a visitor's enquiry: it holds a private contact, which a broker has by the visitor's own click alone.
    """
    found = set()
    if access_of(user).in_org(enquiry.owner_id) or (
        enquiry.asker_id is not None and is_proxy_of(user, enquiry.owner_id)
    ):
        found.add(OWNER)
    if enquiry.asker_id is not None and writes_for(user, enquiry.asker_id):
        found.add(ASKER)
    if enquiry.visitor_id is not None and _is_guest_of(user, enquiry):
        found.add(ASKER)
    return frozenset(found)


def _is_guest_of(user: Any, enquiry: Any) -> bool:
    return getattr(user, "guest_of", None) == enquiry.pk


def works_for_owner(user: Actor, enquiry: Any) -> bool:
    """The person is of the owner's side, or reads everything: the name of a hidden owner is no secret to them."""
    return OWNER in sides(user, enquiry) or access_of(user).has(*READERS)


@rules.predicate
def is_of_a_side(user: Actor, enquiry: Any) -> bool:
    """The person writes for one of the sides."""
    return enquiry is not None and bool(sides(user, enquiry))


@rules.predicate
def is_of_the_owner(user: Actor, enquiry: Any) -> bool:
    """The person writes for the owner of the listing."""
    return enquiry is not None and OWNER in sides(user, enquiry)


@rules.predicate
def is_of_the_asker(user: Actor, enquiry: Any) -> bool:
    """The person writes for whoever asked."""
    return enquiry is not None and ASKER in sides(user, enquiry)


@rules.predicate
def is_a_party(user: Actor, enquiry: Any) -> bool:
    """A slice above lets the person see it."""
    return enquiry is not None and any(party(user, enquiry) for party, _rows in _parties)


@rules.predicate
def oversees(user: Actor, _enquiry: Any = None) -> bool:
    """Staff who read every enquiry."""
    return access_of(user).has(*READERS)


@rules.predicate
def binds_a_side(user: Actor, enquiry: Any) -> bool:
    """The person makes promises for one of the two organisations."""
    access = access_of(user)
    return enquiry is not None and (
        access.binds(enquiry.owner_id) or access.binds(enquiry.asker_id)
    )


@rules.predicate
def binds_the_owner(user: Actor, enquiry: Any) -> bool:
    """The person makes promises for the owner of the listing."""
    return enquiry is not None and access_of(user).binds(enquiry.owner_id)


@rules.predicate
def settles(user: Actor, enquiry: Any) -> bool:
    """The operator, where an enquiry was left for the operator to decide."""
    return enquiry is not None and bool(enquiry.for_operator) and access_of(user).has(Role.OPERATOR)


rules.add_perm("enquiries.view_enquiry", is_of_a_side | is_a_party | oversees)
rules.add_perm("enquiries.write_enquiry", is_of_a_side)
rules.add_perm("enquiries.answer_enquiry", is_of_the_owner)
rules.add_perm("enquiries.ask_enquiry", is_of_the_asker)
rules.add_perm("enquiries.join_enquiry", is_of_a_side)
rules.add_perm("enquiries.name_enquiry", binds_the_owner)

# --- the way to an intent ---------------------------------------------------------------------
rules.add_perm("enquiries.close_enquiry", is_of_a_side | settles)


@rules.predicate
def decides_intent(user: Actor, intent: Any) -> bool:
    """The person binds the side that did not propose, and did not propose for the other one."""
    if intent is None or (user.pk is not None and intent.proposed_by_id == user.pk):
        return False
    other = intent.enquiry.asker_id if intent.side == OWNER else intent.enquiry.owner_id
    return access_of(user).binds(other)


@rules.predicate
def proposed_it(user: Actor, intent: Any) -> bool:
    """The person binds the side that proposed."""
    return intent is not None and access_of(user).binds(intent.owner_id)


@rules.predicate
def views_intent(user: Actor, intent: Any) -> bool:
    """Whoever sees the enquiry sees its intents and steps."""
    return intent is not None and bool(user.has_perm("enquiries.view_enquiry", intent.enquiry))


rules.add_perm("enquiries.bind_enquiry", binds_a_side)
rules.add_perm("enquiries.view_intent", views_intent)
rules.add_perm("enquiries.answer_intent", decides_intent)
rules.add_perm("enquiries.counter_intent", decides_intent | proposed_it)
rules.add_perm("enquiries.withdraw_intent", proposed_it)
rules.add_perm("enquiries.seal_intent", proposed_it)


@rules.predicate
def writes_in_its_enquiry(user: Actor, row: Any) -> bool:
    """The person writes for a side of the enquiry that a step or note belongs to."""
    return row is not None and bool(sides(user, row.enquiry))


rules.add_perm("enquiries.view_step", views_intent)
rules.add_perm("enquiries.edit_step", writes_in_its_enquiry)


# --- leads ------------------------------------------------------------------------------------
@rules.predicate
def is_broker(user: Actor, _lead: Any = None) -> bool:
    """A broker of the register."""
    return access_of(user).has(Role.BROKER)


@rules.predicate
def is_no_party_of_lead(user: Actor, lead: Any) -> bool:
    """Nobody brokers between the own organisation and another."""
    return lead is None or not sides(user, lead.enquiry)


@rules.predicate
def lead_is_open(_user: Actor, lead: Any) -> bool:
    """It waits for a broker."""
    return lead is not None and lead.status == LeadStatus.OPEN


@rules.predicate
def holds_lead(user: Actor, lead: Any) -> bool:
    """The person is the broker who has taken it."""
    return lead is not None and lead.broker_id is not None and lead.broker_id == user.pk


@rules.predicate
def asked_the_enquiry(user: Actor, lead: Any) -> bool:
    """The person asks in the enquiry: only the asker may hand the text and the contact on."""
    return lead is not None and ASKER in sides(user, lead.enquiry)


def reads_enquiry_of_lead(user: Actor, lead: Any) -> bool:
    """The lead tells the person which enquiry it is: the confirmed broker, and staff. No query."""
    return access_of(user).has(*READERS) or (
        lead.status == LeadStatus.CONFIRMED and lead.broker_id == user.pk
    )


rules.add_perm("enquiries.view_leads", is_broker | oversees)
rules.add_perm("enquiries.view_lead", (is_broker & (lead_is_open | holds_lead)) | oversees)
rules.add_perm("enquiries.take_lead", is_broker & is_no_party_of_lead)
rules.add_perm("enquiries.hand_back_lead", is_broker & holds_lead)
rules.add_perm("enquiries.confirm_lead", asked_the_enquiry)


def has_confirmed_lead(user: Actor, enquiry: Any) -> bool:
    """The person is the broker whom the asker has confirmed by name."""
    lead = getattr(enquiry, "lead", None)
    return lead is not None and lead.status == LeadStatus.CONFIRMED and holds_lead(user, lead)


def _rows_of_confirmed_leads(user: Actor) -> Q | None:
    if not access_of(user).has(Role.BROKER):
        return None
    return Q(lead__broker_id=user.pk, lead__status=LeadStatus.CONFIRMED)


register_party(has_confirmed_lead, _rows_of_confirmed_leads)


# --- on behalf --------------------------------------------------------------------------------
def serves_district(user: Actor, district: str) -> bool:
    """The person is the officer of this district, or of the whole city."""
    access = access_of(user)
    return access.has(Role.REGISTRAR_CITY) or access.covers(Role.REGISTRAR_COUNTY, district)


@rules.predicate
def logs_contact(user: Actor, firm: Any) -> bool:
    """An officer of the firm's district, or somebody who acts for the firm, be it in one matter."""
    return firm is not None and (
        serves_district(user, firm.district) or firm.pk in clients_of(user)
    )


@rules.predicate
def is_of_the_firm(user: Actor, contact: Any) -> bool:
    """The person works for the firm that the record is about."""
    return contact is not None and access_of(user).in_org(contact.firm_id)


@rules.predicate
def views_contact(user: Actor, contact: Any) -> bool:
    """The firm, whoever logged it, and staff who oversee."""
    return contact is not None and (
        access_of(user).in_org(contact.firm_id)
        or contact.logged_by_id == user.pk
        or serves_district(user, contact.firm.district)
        or access_of(user).has(*READERS)
    )


@rules.predicate
def serves_a_county(user: Actor, _subject: Any = None) -> bool:
    """The officers of the counties and of the city."""
    return access_of(user).has(Role.REGISTRAR_COUNTY, Role.REGISTRAR_CITY)


@rules.predicate
def logged_it(user: Actor, contact: Any) -> bool:
    """The person wrote down this contact, and may still do so for the firm."""
    if contact is None or user.pk is None or contact.logged_by_id != user.pk:
        return False
    return bool(logs_contact(user, contact.firm))


rules.add_perm("enquiries.log_for_organization", logs_contact)
rules.add_perm("enquiries.view_contact", views_contact)
rules.add_perm("enquiries.renew_contact", logged_it)
rules.add_perm("enquiries.answer_contact", is_of_the_firm)
rules.add_perm("enquiries.view_county", serves_a_county)

# --- keeping ----------------------------------------------------------------------------------
_OPERATES = rules.predicate(lambda user: access_of(user).has(Role.OPERATOR), name="operates_site")
rules.add_perm("enquiries.view_keeping", oversees)


@rules.predicate
def is_of_a_visitor(_user: Actor, enquiry: Any) -> bool:
    """Somebody without an account asked, who can have it erased through the operator alone."""
    return enquiry is not None and enquiry.visitor_id is not None


@rules.predicate
def operates(user: Actor, _enquiry: Any) -> bool:
    """The operator of the site."""
    return access_of(user).has(Role.OPERATOR)


rules.add_perm("enquiries.erase_enquiry", operates & is_of_a_visitor)
rules.add_perm("enquiries.edit_keeping", _OPERATES)
