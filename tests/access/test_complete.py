"""The matrix and the product name the same routes and states; libraries' routes stand in groups."""

from zlib import crc32

from django.conf import settings
from django.urls import reverse

import pytest

from tests.access.matrix import Group, Matrix, load
from tests.access.routes import Route, walk
from tests.access.walk import ONE_OF
from tests.access.world import STATES, World, rolled_back

MATRIX = load()
ROUTES = list(walk())


def group_of(route: Route, matrix: Matrix = MATRIX) -> Group | None:
    """The group of libraries' routes that this one belongs to, if the table has no row of its own."""
    if route.name in {rule.name for rule in matrix.rules}:
        return None
    path = route.path if route.path.startswith("/") else f"/{route.path}"
    return next((group for group in matrix.groups if path.startswith(group.prefix)), None)


def missing_routes(matrix: Matrix) -> list[str]:
    """Routes of the product that the table says nothing about."""
    named = {rule.name for rule in matrix.rules}
    return sorted(r.name for r in ROUTES if r.name not in named and group_of(r, matrix) is None)


def test_every_route_is_in_the_matrix() -> None:
    assert missing_routes(MATRIX) == []


def test_every_row_names_a_route() -> None:
    assert sorted({rule.name for rule in MATRIX.rules} - {route.name for route in ROUTES}) == []


def test_every_row_covers_every_state_of_its_subject() -> None:
    gaps = {
        f"{rule.label} {method}": sorted(STATES[rule.subject] ^ set(states))
        for rule in MATRIX.rules
        if rule.subject
        for method, states in rule.table.items()
        if STATES[rule.subject] != set(states)
    }
    assert gaps == {}


def test_a_route_without_a_row_is_noticed() -> None:
    """The control: take one row out, and the check must name it."""
    rest = [rule for rule in MATRIX.rules if rule.name != "matching:mark"]
    assert missing_routes(Matrix(rest, MATRIX.groups)) == ["matching:mark"]


GROUPED = [(route, group) for route in ROUTES if (group := group_of(route))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "group"), GROUPED, ids=[route.name or route.path for route, _group in GROUPED]
)
def test_routes_of_libraries_are_shut(world: World, route: Route, group: Group) -> None:
    """Visitors and people without the right get nothing but what the group allows; nobody a 500."""
    faults = []
    for role in ("visitor", *_asked(route)):
        status = _status(world, role, route)
        allowed = group.visitor if role == "visitor" else group.denied
        free = route.name in group.except_ or role in group.open_to
        if status == 500 or not (free or status in allowed):
            faults.append(f"{role}: {status}")
    assert faults == []


def _asked(route: Route) -> list[str]:
    """One of each kind of reader: what a library's page asks is only who may enter its part. Two of them, always the same."""
    readers = ["org_admin", "registrar_city", "auditor", "editor", "operator"]
    if ONE_OF == 1:
        return readers
    first = crc32((route.name or route.path).encode()) % len(readers)
    return [readers[first], readers[(first + 2) % len(readers)]]


def _status(world: World, role: str, route: Route) -> int | str:
    with rolled_back():
        response = world.ask(role, "get", route.sample())
    doors = (reverse(settings.LOGIN_URL), reverse("wagtailadmin_login"))
    if response.status_code == 302 and response["Location"].partition("?")[0] in doors:
        return "login"
    return response.status_code
