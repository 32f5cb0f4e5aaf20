"""Who opens a tender, who asks, who decides on it, who stops it."""

from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, binds_owner, is_confirmed, works_for_owner
from marketplace.tenders.workflow import PUBLIC, AmendmentStatus, CancellationStatus, Status

#: What the public reads of changes: what is in force, or was announced.
PUBLIC_CANCELLATIONS = frozenset({CancellationStatus.ANNOUNCED, CancellationStatus.EFFECTIVE})


@rules.predicate
def is_public(_user: Actor, tender: Any) -> bool:
    """It was published: everybody may read it, also after it is over."""
    return tender is not None and tender.status in PUBLIC


@rules.predicate
def decides(user: Actor, tender: Any) -> bool:
    """The person operates the site, does not work for the purchaser, and has not written it: four eyes."""
    return (
        tender is not None
        and access_of(user).has(Role.OPERATOR)
        and not access_of(user).in_org(tender.owner_id)
        and user.pk not in {tender.created_by_id, tender.submitted_by_id}
    )


@rules.predicate
def was_submitted(_user: Actor, tender: Any) -> bool:
    """It has left its author's hands."""
    return tender is not None and tender.status != Status.DRAFT


@rules.predicate
def oversees(user: Actor, tender: Any) -> bool:
    """The person is of the authority, does not work for the purchaser, and has not written it."""
    return (
        tender is not None
        and access_of(user).has(Role.AUTHORITY)
        and not access_of(user).in_org(tender.owner_id)
        and user.pk not in {tender.created_by_id, tender.submitted_by_id}
    )


@rules.predicate
def screens(user: Actor, tender: Any) -> bool:
    """The person is a registrar of the county that a challenge with money of the city is for, and not its author."""
    if tender is None or not tender.is_city_funded:
        return False
    access = access_of(user)
    return (
        access.covers(Role.REGISTRAR_COUNTY, tender.county)
        and not access.in_org(tender.owner_id)
        and user.pk not in {tender.created_by_id, tender.submitted_by_id}
    )


@rules.predicate
def watches(user: Actor, tender: Any) -> bool:
    """The authority and the auditor read what was submitted."""
    return tender is not None and access_of(user).has(Role.AUTHORITY, Role.AUDITOR)


@rules.predicate
def reviews(user: Actor, tender: Any) -> bool:
    """The operator reads what was submitted."""
    return tender is not None and access_of(user).has(Role.OPERATOR)


@rules.predicate
def may_ask(user: Actor, tender: Any) -> bool:
    """The person works for an organisation other than the purchaser."""
    access = access_of(user)
    return (
        tender is not None
        and tender.status in PUBLIC
        and bool(access.orgs)
        and not access.in_org(tender.owner_id)
    )


rules.add_perm(
    "tenders.view_tender",
    is_public | works_for_owner | was_submitted & (watches | reviews | screens),
)
rules.add_perm("tenders.draft_tender", is_confirmed)
rules.add_perm("tenders.edit_tender", is_confirmed & works_for_owner)
rules.add_perm("tenders.bind_tender", is_confirmed & binds_owner)
rules.add_perm("tenders.review_tender", is_confirmed & was_submitted & decides)
rules.add_perm("tenders.screen_tender", is_confirmed & was_submitted & screens)
rules.add_perm("tenders.argue_tender", is_confirmed & was_submitted & oversees)
rules.add_perm("tenders.suspend_tender", is_confirmed & is_public & oversees)
rules.add_perm(
    "tenders.manage_tender", works_for_owner | was_submitted & (reviews | watches | screens)
)
rules.add_perm("tenders.ask_tender", is_confirmed & may_ask)
rules.add_perm("tenders.answer_tender", is_confirmed & is_public & works_for_owner)


# --- questions --------------------------------------------------------------------------------
@rules.predicate
def is_answered(_user: Actor, question: Any) -> bool:
    """An answered question is published to all at once."""
    return question is not None and question.answered_at is not None


@rules.predicate
def is_of_asker(user: Actor, question: Any) -> bool:
    """The person works for the organisation that asks."""
    return question is not None and access_of(user).in_org(question.organization_id)


@rules.predicate
def is_asked_here(user: Actor, question: Any) -> bool:
    """The person works for the purchaser, who reads the question and not who asks it."""
    return question is not None and access_of(user).in_org(question.tender.owner_id)


rules.add_perm("tenders.view_question", is_answered | is_of_asker | is_asked_here)
rules.add_perm("tenders.answer_question", is_confirmed & is_asked_here)


# --- changes ----------------------------------------------------------------------------------
@rules.predicate
def is_announced(_user: Actor, change: Any) -> bool:
    """It is in force, or was announced: everybody reads it."""
    return change is not None and (
        change.status == AmendmentStatus.EFFECTIVE or change.status in PUBLIC_CANCELLATIONS
    )


@rules.predicate
def is_of_purchaser(user: Actor, change: Any) -> bool:
    """The person works for the purchaser."""
    return change is not None and access_of(user).in_org(change.tender.owner_id)


@rules.predicate
def binds_purchaser(user: Actor, change: Any) -> bool:
    """The person makes promises for the purchaser."""
    return change is not None and access_of(user).binds(change.tender.owner_id)


@rules.predicate
def decides_on_change(user: Actor, change: Any) -> bool:
    """The operator who does not work for the purchaser; after an opening the authority instead.

    Then bidders have shown what they have, and the operator alone must not end it.
    """
    if change is None or access_of(user).in_org(change.tender.owner_id):
        return False
    return access_of(user).has(Role.AUTHORITY if was_opened(change.tender) else Role.OPERATOR)


def was_opened(tender: Any) -> bool:
    """Whether the bids of one of its lots were opened. One query, after the deadline alone."""
    closed = tender.status == Status.CLOSED
    return closed and tender.lots.filter(opened_at__isnull=False).exists()


@rules.predicate
def watches_change(user: Actor, change: Any) -> bool:
    """The operator, the authority and the auditor read every change that was asked for."""
    return change is not None and access_of(user).has(Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)


rules.add_perm("tenders.view_change", is_announced | is_of_purchaser | watches_change)
rules.add_perm("tenders.bind_change", is_confirmed & binds_purchaser)
rules.add_perm("tenders.review_change", is_confirmed & decides_on_change)


# --- the platform's standing ------------------------------------------------------------------
@rules.predicate
def operates(user: Actor) -> bool:
    """The operator of the site."""
    return access_of(user).has(Role.OPERATOR)


rules.add_perm("tenders.record_standing", is_confirmed & operates)


@rules.predicate
def follows_all(user: Actor) -> bool:
    """The operator, the authority and the auditor follow every tender that has left its author's hands."""
    return access_of(user).has(Role.OPERATOR, Role.AUTHORITY, Role.AUDITOR)


rules.add_perm("tenders.survey_tender", follows_all)
