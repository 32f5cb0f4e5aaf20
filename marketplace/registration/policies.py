"""Who may do what with filings.

The seller's members prepare, approvers and admins submit; registrars decide in their district. Nobody
decides on a contract of an organisation that he belongs to, as seller, buyer or broker, nor does a deputy
who has the role from such a person alone.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import (
    REGISTRARS,
    Role,
    access_of,
    is_confirmed,
    platform_role,
)
from marketplace.registration.workflow import FilingStatus

#: The country code of a domestic party.
HOME = "CHN"
#: Who reads filings of the whole city without deciding.
OVERSEERS = (Role.AUTHORITY, Role.AUDITOR)


def covers(user: Actor, district: str) -> bool:
    """Whether the person registers for this district: its county registrar, or the city's."""
    access = access_of(user)
    if access.has(Role.REGISTRAR_CITY):
        return True
    return access.covers(Role.REGISTRAR_COUNTY, district)


@rules.predicate
def is_on_own_desk(user: Actor, filing: Any) -> bool:
    """The filing belongs to a district of this registrar."""
    return filing is not None and covers(user, filing.district)


@rules.predicate
def has_been_submitted(_user: Actor, filing: Any) -> bool:
    """The seller has handed it in once: before, it is the seller's own draft."""
    return filing is not None and (filing.rounds > 0 or filing.status != FilingStatus.DRAFT)


#: The sides of the contract itself. A broker that it names earns by it and sees no filing of theirs.
PRINCIPALS = ("seller", "buyer")
#: Who reads the ledger, and the imports of the official register.
LEDGER_READERS = (*REGISTRARS, Role.AUTHORITY, Role.AUDITOR)
IMPORT_READERS = (Role.REGISTRAR_CITY, Role.AUTHORITY, Role.AUDITOR)


def _organizations(filing: Any, *sides: str) -> list[int]:
    return [
        party.organization_id
        for party in filing.contract.parties.all()
        if party.organization_id is not None and (not sides or party.side in sides)
    ]


def represented(user: Any, district: str) -> Any:
    """The registrar for whom a deputy acts in this district; None for a role of one's own."""
    own = Q(role=Role.REGISTRAR_CITY) | Q(role=Role.REGISTRAR_COUNTY, district__in=["", district])
    # One filter: a second one over roles would join another row of them.
    lent = Q(role=Role.REGISTRAR_CITY) | Q(
        role=Role.REGISTRAR_COUNTY,
        holder__platform_roles__role=F("role"),
        holder__platform_roles__district__in=["", district],
    )
    return _holder(user, district, own, lent)


def represented_at_closing(user: Any) -> Any:
    """The same for the months of the ledger, which the city's registrars close with the authority."""
    own = Q(role__in=[Role.REGISTRAR_CITY, Role.AUTHORITY])
    return _holder(user, "closing", own, Q(role=Role.REGISTRAR_CITY))


def _holder(user: Any, where: str, own: Q, lent: Q) -> Any:
    """Whose role the person has without one of his own; asked once for each reading of his access."""
    access = access_of(user)
    kept = user.__dict__.get("_mandates")
    if kept is None or kept[0] is not access:
        kept = user.__dict__["_mandates"] = (access, {})
    if where not in kept[1]:
        found = None
        if not user.platform_roles.filter(own).exists():
            rows = user.deputy_roles.running().filter(lent).select_related("holder")
            row = rows.order_by("id").first()
            found = row.holder if row is not None else None
        kept[1][where] = found
    return kept[1][where]


def _persons(user: Any, holder: Any) -> set[int]:
    """Who acts: the person, and the one whose role it is."""
    return {user.pk} if holder is None else {user.pk, holder.pk}


@rules.predicate
def is_party(user: Actor, filing: Any) -> bool:
    """The person works for a party of the contract, or is the broker that it names."""
    if filing is None:
        return False
    access = access_of(user)
    if access.in_org(filing.seller_org_id) or access.in_org(filing.contract.owner_id):
        return True
    return any(access.in_org(pk) for pk in _organizations(filing)) or any(
        party.broker_id is not None and party.broker.user_id == user.pk
        for party in filing.contract.parties.all()
    )


@rules.predicate
def stands_in_for_a_party(user: Actor, filing: Any) -> bool:
    """The role is lent by somebody who may not decide himself."""
    if filing is None:
        return False
    holder = represented(user, filing.district)
    return holder is not None and is_party(holder, filing)


@rules.predicate
def works_for_a_party(user: Actor, filing: Any) -> bool:
    """The person works for a seller or a buyer."""
    if filing is None:
        return False
    access = access_of(user)
    return access.in_org(filing.seller_org_id) or any(
        access.in_org(pk) for pk in _organizations(filing, *PRINCIPALS)
    )


@rules.predicate
def works_for_seller(user: Actor, filing: Any) -> bool:
    """The person works for the seller, who registers the contract."""
    return filing is not None and access_of(user).in_org(filing.seller_org_id)


@rules.predicate
def binds_seller(user: Actor, filing: Any) -> bool:
    """The person makes promises for the seller."""
    return filing is not None and access_of(user).binds(filing.seller_org_id)


@rules.predicate
def binds_a_party(user: Actor, filing: Any) -> bool:
    """The person makes promises for a seller or a buyer."""
    access = access_of(user)
    return filing is not None and (
        access.binds(filing.seller_org_id)
        or any(access.binds(pk) for pk in _organizations(filing, *PRINCIPALS))
    )


@rules.predicate
def did_not_review_first(user: Actor, filing: Any) -> bool:
    """Another person than the one of the first review, in whatever role, and not in that one's place."""
    if filing is None or filing.first_by_id == user.pk:
        return False
    if filing.first_by_id is None:
        return True
    row = filing.decisions.filter(act="pass_first").order_by("-id").first()
    first = {filing.first_by_id, row.deputy_of_id if row is not None else None}
    return not first & _persons(user, represented(user, filing.district))


def registrants_of(contract: Any) -> list[Any]:
    """The parties that may register: the sellers; of an import the domestic buyers."""
    parties = list(contract.parties.all())
    sellers = [row for row in parties if row.side == "seller"]
    if sellers and all(row.country != HOME for row in sellers):
        return [row for row in parties if row.side == "buyer" and row.country == HOME]
    return sellers


@rules.predicate
def may_open(user: Actor, contract: Any) -> bool:
    """The person works for a party that registers the contract."""
    access = access_of(user)
    return contract is not None and any(
        access.in_org(row.organization_id)
        for row in registrants_of(contract)
        if row.organization_id is not None
    )


@rules.predicate
def keeps_for_buyer(user: Actor, contract: Any) -> bool:
    """The person makes promises for an inside buyer of the contract, or registers for the buyer's district."""
    if contract is None:
        return False
    access = access_of(user)
    buyers = [p for p in contract.parties.all() if p.side == "buyer"]
    return any(
        access.binds(p.organization_id) if p.organization_id else False for p in buyers
    ) or any(covers(user, p.district) for p in buyers if p.district)


@rules.predicate
def has_contract_on_desk(user: Actor, contract: Any) -> bool:
    """The papers of the contract are on a desk of this registrar, who works for none of its parties."""
    if contract is None or not contract.desk_district:
        return False
    access = access_of(user)
    own = any(
        access.in_org(row.organization_id)
        for row in contract.parties.all()
        if row.organization_id is not None
    )
    return covers(user, contract.desk_district) and not own


_registers = platform_role(*REGISTRARS)
_oversees = platform_role(*OVERSEERS)
_decides = is_confirmed & _registers & is_on_own_desk & ~is_party & ~stands_in_for_a_party

rules.add_perm(
    "registration.view_registration",
    works_for_a_party | _oversees | (_registers & is_on_own_desk & has_been_submitted),
)
rules.add_perm("registration.file_contract", is_confirmed & may_open)
rules.add_perm("registration.prepare_registration", is_confirmed & works_for_seller)
rules.add_perm("registration.submit_registration", is_confirmed & binds_seller)
rules.add_perm("registration.report_registration", (is_confirmed & works_for_seller) | _decides)
rules.add_perm("registration.decide_registration", _decides)
rules.add_perm("registration.second_registration", _decides & did_not_review_first)
#: The registrant, or a tax, finance or supervising body (consultation draft, art. 17).
rules.add_perm(
    "registration.dispute_registration",
    is_confirmed & (binds_a_party | platform_role(Role.AUTHORITY) | _decides),
)
rules.add_perm("registration.use_registration", is_confirmed & works_for_a_party)
rules.add_perm("registration.adopt_contract", is_confirmed & keeps_for_buyer)
rules.add_perm("registration.use_desk", _registers)
rules.add_perm("registration.read_desk", _registers | _oversees)
#: Flags of risk are a reason to look and are shown to nobody but the registrar of the contract.
rules.add_perm("registration.see_risks", _registers & has_contract_on_desk)


# --- the ledger -------------------------------------------------------------------------------
@rules.predicate
def did_not_propose_closing(user: Actor, period: Any) -> bool:
    """Another person than the one who asked that the month be closed, and not in that one's place."""
    if period is None or period.closed_by_id is None:
        return True
    if period.closed_by_id == user.pk:
        return False
    first = get_user_model().objects.filter(pk=period.closed_by_id).first()
    named = _persons(first, represented_at_closing(first)) if first else {period.closed_by_id}
    return not named & _persons(user, represented_at_closing(user))


rules.add_perm("registration.read_ledger", platform_role(*LEDGER_READERS))
rules.add_perm("registration.close_period", is_confirmed & platform_role(Role.REGISTRAR_CITY))
rules.add_perm(
    "registration.confirm_period",
    is_confirmed & platform_role(Role.REGISTRAR_CITY, Role.AUTHORITY) & did_not_propose_closing,
)
rules.add_perm("registration.import_register", is_confirmed & platform_role(Role.REGISTRAR_CITY))
rules.add_perm("registration.read_imports", platform_role(*IMPORT_READERS))
