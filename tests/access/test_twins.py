"""A list shows a person exactly the rows that the view permission gives them one by one.

Each `visible_to` of a slice's queries has its permission here. The rows are all rows of the world:
every state of every kind, of own and other organisations.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

import pytest
import rules

import marketplace
from marketplace.needs.models import Need
from marketplace.needs.queries import visible_to as needs_visible_to
from tests.access.world import World
from tests.worked_slice import queries as worked_slice

VisibleTo = Callable[[Any], "QuerySet[Any]"]
NAME = re.compile(r"(^|_)visible_to$")

#: View permission -> the function that lists what it allows.
TWINS = {
    "achievements.view_achievement": "marketplace.achievements.queries.visible_to",
    "achievements.view_batch": "marketplace.achievements.queries.batches_visible_to",
    "awards.view_delivery": "marketplace.awards.queries.deliveries.deliveries_visible_to",
    "awards.view_letter": "marketplace.awards.queries.letters.letters_visible_to",
    "awards.view_lotresult": "marketplace.awards.queries.results.visible_to",
    "bids.view_bid": "marketplace.bids.queries.bids.visible_to",
    "brokerage.view_broker": "marketplace.brokerage.queries.register.visible_to",
    "evaluation.view_approach": "marketplace.evaluation.queries.panels.approaches_visible_to",
    "evaluation.view_expert": "marketplace.evaluation.queries.experts.experts_visible_to",
    "evaluation.view_explanation": (
        "marketplace.evaluation.queries.scores.explanations_visible_to"
    ),
    "evaluation.view_panel": "marketplace.evaluation.queries.panels.panels_visible_to",
    "evaluation.view_seat": "marketplace.evaluation.queries.panels.seats_visible_to",
    "evaluation.view_sheet": "marketplace.evaluation.queries.scores.sheets_visible_to",
    "exclusions.view_decision": "marketplace.exclusions.queries.visible_to",
    "custody.view_custodian": "marketplace.custody.queries.custodians.visible_to",
    "deals.view_contract": "marketplace.deals.queries.reading.visible_to",
    "disclosure.view_grant": "marketplace.disclosure.queries.grants.visible_to",
    "enquiries.view_contact": "marketplace.enquiries.queries.way.contacts_visible_to",
    "brokerage.view_commission": "marketplace.brokerage.queries.mandates.commissions_visible_to",
    "brokerage.view_introduction": (
        "marketplace.brokerage.queries.introductions.introductions_visible_to"
    ),
    "brokerage.view_mandate": "marketplace.brokerage.queries.mandates.mandates_visible_to",
    "enquiries.view_enquiry": "marketplace.enquiries.queries.reading.visible_to",
    "enquiries.view_intent": "marketplace.enquiries.queries.way.intents_visible_to",
    "enquiries.view_lead": "marketplace.enquiries.queries.way.leads_visible_to",
    "enquiries.view_step": "marketplace.enquiries.queries.way.steps_visible_to",
    "matching.view_match": "marketplace.matching.queries.lists.visible_to",
    "needs.view_need": "marketplace.needs.queries.visible_to",
    "openings.view_opening": "marketplace.openings.queries.openings.visible_to",
    "offerings.view_offering": "marketplace.offerings.queries.visible_to",
    "parties.view_organization": "marketplace.parties.queries.organizations.visible_to",
    "publicity.view_objection": "marketplace.publicity.queries.objections.objections_visible_to",
    "tenders.view_tender": "marketplace.tenders.queries.tenders.visible_to",
    "tenders.view_question": "marketplace.tenders.queries.questions.questions_visible_to",
    "tenders.view_change": "marketplace.tenders.queries.changes.changes_visible_to",
    "publicity.view_publicity": "marketplace.publicity.queries.publicities.visible_to",
    "registration.view_registration": "marketplace.registration.queries.filings.visible_to",
    "visits.view_visit": "tests.worked_slice.queries.visible_to",
}
#: View permissions without such a list, and why.
WITHOUT_LIST = {
    "achievements.view_confidential_achievement": "decides on parts of a page",
    "enquiries.view_county": "decides on a page as a whole",
    "enquiries.view_keeping": "decides on a page as a whole",
    "enquiries.view_leads": "decides on a page as a whole",
    "journal.view_job": "the list of jobs is for operators, who see every job",
    "journal.view_result": "decides on a download",
    "needs.view_confidential_need": "decides on parts of a page",
    "offerings.view_confidential_offering": "decides on parts of a page",
    "parties.view_members": "decides on the list of one organisation's members as a whole",
    "parties.view_verification": "the queue is for those who decide, a claim is its applicant's own",
}


def modules_of_queries() -> Iterator[Any]:
    for found in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if found.name.split(".")[2:3] == ["queries"]:
            yield importlib.import_module(found.name)
    yield worked_slice


def lists() -> set[str]:
    """Every function of a slice's queries that lists what one person may see."""
    return {
        f"{module.__name__}.{name}"
        for module in modules_of_queries()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if NAME.search(name)
        and function.__module__ == module.__name__
        and len(inspect.signature(function).parameters) == 1
    }


def test_every_list_has_its_permission_and_every_permission_its_list() -> None:
    assert lists() == set(TWINS.values())
    views = {name for name in rules.permissions.permissions if ".view_" in name}
    assert views == {*TWINS, *WITHOUT_LIST}


def function_named(dotted: str) -> VisibleTo:
    module, _dot, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


def differences(world: World, permission: str, visible_to: VisibleTo) -> Iterator[str]:
    """Each row that one of the two gives to a person and the other does not."""
    model: type[Model] = visible_to(AnonymousUser()).model
    rows = list(model._default_manager.all())
    assert len(rows) > 3
    for role, person in world.people.items():
        listed = set(visible_to(person).values_list("pk", flat=True))
        for row in rows:
            if (row.pk in listed) != person.has_perm(permission, row):
                which = "listed" if row.pk in listed else "not listed"
                yield f"{role}: {getattr(row, 'status', row)} is {which}"


@pytest.mark.django_db
@pytest.mark.parametrize("permission", TWINS)
def test_list_and_permission_are_twins(world: World, permission: str) -> None:
    assert list(differences(world, permission, function_named(TWINS[permission]))) == []


@pytest.mark.django_db
def test_a_list_that_differs_is_noticed(world: World) -> None:
    """The control: a list that forgets drafts, and one that shows them to everybody."""
    short = [*differences(world, "needs.view_need", without_drafts)]
    assert {fault.split(":")[0] for fault in short} == {"member", "approver", "org_admin"}
    long = [*differences(world, "needs.view_need", lambda _user: Need.objects.all())]
    assert "visitor: draft is listed" in long


def without_drafts(user: Any) -> "QuerySet[Need]":
    return needs_visible_to(user).exclude(status="draft")
