"""How much waits for a person, as the menu of every page shows it, and the rows behind it.

Django needs ten times as long to write such a statement as the database to answer it. People with the
same kind of access get the same statement with other keys, so it is written once for each kind.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from marketplace.kernel import counting as kernel
from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Counting, counting
from marketplace.kernel.reading import Statement, statement
from marketplace.parties.policies import Access, access_of
from marketplace.web.once_a_request import is_remembering, once_a_request, remembered

#: Lists of a person by name. What they ask for may depend on the access and the key of the person alone:
#: not on rows that were read, and on the time by `kernel.counting.NOW` and `TONIGHT` alone.
Lists = Callable[[Any], kernel.Lists]
#: The numbers of a person by the name of the list; 0 for a list that cannot have rows.
Numbers = Callable[[Any], Counter[str]]
M = TypeVar("M", bound=Model)
#: No row has a negative key.
_PERSON, _FIRST_ORG = -1, -2
#: Whoever works for more organisations than this gets a statement that is not kept.
MOST_ORGS = 8


#: What slices count for a person: in the menu of every page of the workbench, and for its list of to-dos alone.
_in_menu: list[Lists] = []
_in_todos: list[Lists] = []


def counted_for_menu(lists: Lists) -> Numbers:
    """Declare lists that the menu counts. In a request all that slices declare so is asked in one statement."""
    return _declared(lists, _in_menu)


def counted_for_todos(lists: Lists) -> Numbers:
    """Declare lists behind to-dos. The page of to-dos asks for them and for those of the menu in one statement.

    A list may be wider than its to-do, where that depends on the time: it says whether rows are worth reading.
    """
    return _declared(lists, _in_todos)


def _declared(lists: Lists, where: list[Lists]) -> Numbers:
    where.append(lists)

    @wraps(lists)
    def numbers(user: Any) -> Counter[str]:
        if not is_remembering():
            return Counter(counted_for(user, lists))
        found: dict[Lists, Counter[str]] | None = remembered(gather, user)
        if found is None:
            found = gather(user) if where is _in_todos else _of_menu(user)
        return found[lists]

    return numbers


@once_a_request
def gather(user: Any) -> dict[Lists, Counter[str]]:
    """All numbers of to-dos and menu; one query."""
    return _gathered(user, _everything, [*_in_menu, *_in_todos])


@once_a_request
def _of_menu(user: Any) -> dict[Lists, Counter[str]]:
    return _gathered(user, _all_of_menu, _in_menu)


def _gathered(user: Any, lists: Lists, declared: list[Lists]) -> dict[Lists, Counter[str]]:
    found: dict[Lists, Counter[str]] = {one: Counter() for one in declared}
    for name, number in counted_for(user, lists).items():
        place, _dot, own = name.partition(".")
        found[declared[int(place)]][own] = number
    return found


def _everything(user: Any) -> kernel.Lists:
    return _together(user, [*_in_menu, *_in_todos])


def _all_of_menu(user: Any) -> kernel.Lists:
    return _together(user, _in_menu)


def _together(user: Any, declared: list[Lists]) -> kernel.Lists:
    return {
        f"{place}.{name}": rows
        for place, one in enumerate(declared)
        for name, rows in one(user).items()
    }


@dataclass(frozen=True)
class _StandIn:
    """Somebody with a kind of access, whose key and organisations are negative numbers."""

    pk: int
    access: Access
    is_authenticated: bool = True


def counted_for(user: Actor, lists: Lists) -> dict[str, int]:
    """The number of rows of each list of this person; one query, none when there is no list."""
    access = access_of(user)
    if len(access.orgs) > MOST_ORGS:
        return counting(lists(user)).run()
    made = _counting(lists, *_kind(access), connection.vendor)
    return made.run(_of_person(made.params, user, access))


#: The lists whose rows `kept_rows` reads.
_of_rows: list[Callable[[Any], QuerySet[Any]]] = []


def kept_rows(ask: Callable[[Any], QuerySet[M, Any]]) -> Callable[[Any], list[M]]:
    """Declare the rows of a person. What they ask for is bound as that of `Lists` is, so their statement is kept too."""
    _of_rows.append(ask)

    @wraps(ask)
    def rows(user: Any) -> list[M]:
        access = access_of(user)
        if len(access.orgs) > MOST_ORGS:
            return statement([ask(user)]).rows()[0]
        made = _reading(ask, *_kind(access), connection.vendor)
        return made.rows(_of_person(made.params, user, access))[0]

    return rows


#: A kind of access: platform roles, their districts, roles in each organisation, confirmed or not, superuser or not.
_Kind = tuple[
    frozenset[str],
    tuple[tuple[str, tuple[str, ...]], ...],
    tuple[frozenset[str], ...],
    tuple[bool, bool],
]


def _kind(access: Access) -> _Kind:
    districts = tuple(sorted((role, tuple(sorted(of))) for role, of in access.districts.items()))
    flags = (access.is_confirmed, access.is_superuser)
    return access.roles, districts, tuple(access.orgs.values()), flags


def _of_person(params: Sequence[Any], user: Actor, access: Access) -> list[Any]:
    """The parameters of a kept statement with the keys of this person."""
    keys = {_PERSON: user.pk, **{_FIRST_ORG - n: pk for n, pk in enumerate(access.orgs)}}
    return [keys.get(one, one) if type(one) is int else one for one in params]


@lru_cache(512)
def _counting(lists: Lists, *kind: Any) -> Counting:
    return counting(lists(_stand_in(*kind)))


@lru_cache(2048)
def _reading(ask: Callable[[Any], QuerySet[M, Any]], *kind: Any) -> Statement:
    return statement([ask(_stand_in(*kind))])


def _stand_in(
    roles: frozenset[str],
    districts: tuple[tuple[str, tuple[str, ...]], ...],
    orgs: tuple[frozenset[str], ...],
    flags: tuple[bool, bool],
    _vendor: str,
) -> _StandIn:
    access = Access(
        roles,
        {role: frozenset(of) for role, of in districts},
        {_FIRST_ORG - n: held for n, held in enumerate(orgs)},
        *flags,
    )
    return _StandIn(_PERSON, access)
