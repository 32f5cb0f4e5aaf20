"""What slices declare, asked for the whole cast in the world of the matrix: nothing leads into the void."""

from django.urls import Resolver404, resolve

import pytest

from marketplace.kernel.workflow import flows
from marketplace.web.slices import parts
from marketplace.workbench import queries
from tests.access.world import World

pytestmark = pytest.mark.django_db


def test_every_to_do_leads_to_a_page_that_opens(world: World) -> None:
    """Each person's to-dos, as the workbench shows them, and what the links of the menu answer."""
    faults, seen = [], set()
    for role in world.roles():
        if role == "visitor":
            continue
        for todo in queries.todos(world.people[role]):
            seen.add(todo.icon)
            try:
                resolve(todo.url.partition("?")[0])
            except Resolver404:
                faults.append(f"{role}: {todo.url}")
                continue
            if world.ask(role, "get", todo.url).status_code != 200:
                faults.append(f"{role}: {todo.url} does not open")
    assert faults == []
    assert len(seen) >= 6


def test_the_world_has_a_row_behind_every_code(world: World) -> None:
    """A slice whose objects are in no world is one whose pages nobody has walked: see MAKERS."""
    models = {one.prefix: one.visible_to(world.people["member"]).model for one in parts("codes")}
    assert [prefix for prefix, model in models.items() if not model.objects.exists()] == []


#: States in which a row waits for its owner, or for the one who is asked.
OWED = {"returned", "asked", "invited", "open"}
#: Flows whose people learn elsewhere that they must act, and where.
NO_TODO = {
    "evaluation.seat": "a seat has no code of its own: the to-do leads to the page by its panel",
    "evaluation.expert": "the to-do leads to the one page of the own entry",
    "awards.milestone": "a milestone has no code; its to-do leads to the page of its delivery",
    "registration.ledgerperiod": "a month is open while it lasts; its closing is a to-do when it is over",
    "tenders.cancellation": "the to-do leads to the page of its tender",
    "enquiries.lead": "the menu counts the open leads, which any broker may take",
    "parties.verification": "the to-do of the organisation, which is returned with its dossier",
    "parties.invitation": "the link that was sent; the invited may have no account yet",
}


def test_whoever_must_act_has_a_to_do_or_a_reason(world: World) -> None:
    """Each flow with a state in OWED: somebody in the cast has a to-do that leads to such a row."""
    people = [person for role, person in world.people.items() if role != "visitor"]
    urls = [todo.url for person in people for todo in queries.todos(person)]
    without = set()
    for flow in flows():
        owed = OWED & set(flow.states.values)
        waiting = flow.model.objects.filter(**{f"{flow.column}__in": owed})
        codes = [row.code for row in waiting if hasattr(row, "code")]
        if owed and not any(code in url for code in codes for url in urls):
            without.add(flow.subject)
    assert without == NO_TODO.keys()
