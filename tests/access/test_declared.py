"""What slices declare, asked for the whole cast in the world of the matrix: nothing leads into the void."""

from django.urls import Resolver404, resolve

import pytest

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
